"""What one browser still has to be told."""

import asyncio
from collections import deque

BACKLOG = 500  # durable lines that wait at most; a browser further behind is told the whole story again, thinned
PASSING = tuple(f'{{"event": "{kind}"' for kind in ("frame", "preparing", "state"))  # of these only the newest matters


class Watcher:
    """The lines on their way to one browser.

    First the story of the run so far, then the lines that came since it was asked for. Durable lines wait in order; of frames,
    progress reports and states only the newest waits, so a slow browser skips some. One so slow that too many durable lines
    wait loses them, and is told the story again: they are in it.
    """

    def __init__(self):
        self._tell = None  # async function: the lines that tell the story so far
        self._story_due = False
        self._durable = deque()
        self._newest = {}
        self._something = asyncio.Event()

    def follow(self, tell):
        """Look at another run (or anew at the same): forget what waits, and begin with the lines that `await tell()` gives."""
        self._tell, self._story_due = tell, True
        self._durable.clear()
        self._newest.clear()
        self._something.set()

    def unfollow(self):
        """Look at nothing."""
        self._tell, self._story_due = None, False
        self._durable.clear()
        self._newest.clear()

    def push(self, line):
        """Add one event line (str). Its kind is read off its beginning: frames are never parsed on the way."""
        kind = next((kind for kind in PASSING if line.startswith(kind)), None)
        if kind:
            self._newest[kind] = line
        else:
            self._durable.append(line)
            if len(self._durable) > BACKLOG:
                self._durable.clear()
                self._story_due = self._tell is not None
        self._something.set()

    async def take(self):
        """Wait until there is something, and return all of it as one text, an event a line."""
        while True:
            if self._story_due:
                self._story_due = False
                story = await self._tell()
                if not self._story_due and self._tell:  # else it looks elsewhere by now, or fell behind meanwhile
                    return "\n".join(story)
            elif lines := [*self._durable, *self._newest.values()]:
                self._durable.clear()
                self._newest.clear()
                return "\n".join(lines)
            else:
                self._something.clear()
                await self._something.wait()
