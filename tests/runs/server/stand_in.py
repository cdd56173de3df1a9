"""Stands in for a worker where only the hub is tried: `python -S stand_in.py` starts in a tenth of a worker's time.

It counts steps instead of training, writes nothing, and obeys the commands that every run understands.
"""

import json
import os
import select

SECONDS = 0.02  # between frames


def main():
    step, paused = 0, False
    say("started")
    while True:
        if not paused:
            step += 100
            say("frame", step=step)
        for do in commands(None if paused else SECONDS):
            if do == "release":
                return
            if do == "stop":
                say("stopping")
                say("finished", step=step, stopped=True)
                return
            if do in ("pause", "resume"):
                paused = do == "pause"
                say("state", state="paused" if paused else "running", reason=None)


def say(kind, **content):
    print(json.dumps({"event": kind, **content}), flush=True)


def commands(seconds):
    """The commands that come within so many seconds; at the end of the server, the one to leave."""
    if not select.select([0], [], [], seconds)[0]:
        return []
    return [json.loads(line)["do"] for line in os.read(0, 65536).splitlines()] or ["release"]


if __name__ == "__main__":
    main()
