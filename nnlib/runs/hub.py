"""The server's side of all runs: starts their processes, lets them queue, relays their events, lets go of what nobody watches.

One Hub a server, living in its event loop; nothing here computes. Formats: docs/live-protocol.md.
"""

import asyncio
import contextlib
import json
import os
import signal
import sys
import time
from collections import deque
from pathlib import Path

from nnlib.experiment import Experiment
from nnlib.runs import store
from nnlib.runs.limits import cores
from nnlib.runs.store import ACTIVE, ENDS, RunFolder

LINE_BYTES = 64 * 1024**2  # the longest line a worker may print
TIDY_SECONDS = 2.0  # between looks for runs that nobody watches
RELOAD_SECONDS = 3.0  # a browser that comes back within these, after a reload or on another page, has not left
PATIENCE_SECONDS = 10.0  # for a worker to save and leave before it is killed
WAKING = ("resume", "step", "epoch")  # the commands that take a process
NO_NEWS = ('{"event": "failed"',)  # what browsers learn from the state


class Refused(Exception):
    """What a browser asked for cannot be had; the message tells the learner why."""


class LiveRun:
    """A run that this server knows of: waiting, with a process, or looked at."""

    def __init__(self, folder):
        self.folder = folder
        about = folder.about
        self.session = about.get("session")
        self.state = folder.state
        self.reason = (folder.read("status.json") or {}).get("reason")
        self.working = False  # has a process, or is about to
        self.process = None
        self.watchers = set()
        self.last_watched = time.monotonic()
        self.first_commands = []  # for its process, once it has one
        self.leaving = False  # told to save and go
        self.stopping = False  # told to end
        self.stderr = deque(maxlen=20)

    @property
    def id(self):
        return self.folder.id

    def set_state(self, state, reason=None):
        """Note the state on disk and tell everyone who watches."""
        self.state, self.reason = state, reason
        self.folder.set_state(state, reason)

    def broadcast(self, line):
        for watcher in self.watchers:
            watcher.push(line)

    def send(self, command):
        """Pass a command to the process, if there is one."""
        if self.process and not self.process.stdin.is_closing():
            with contextlib.suppress(ConnectionError, RuntimeError):
                self.process.stdin.write(json.dumps(command).encode() + b"\n")


class Hub:
    """All runs of one server. Every method must be called in the event loop it was started in."""

    def __init__(self, limits):
        self.limits = limits
        self.runs = {}
        self.queue = []
        self._tasks = set()
        self._closing = False

    @contextlib.asynccontextmanager
    async def lifespan(self):
        """From the server's start to its end, after which no worker is left."""
        left_behind = await asyncio.to_thread(lambda: store.mark_interrupted(store.left_behind()))
        await asyncio.to_thread(store.prune, self.limits.runs_kept)
        tidying = asyncio.create_task(self._tidy_forever(left_behind))
        try:
            yield
        finally:
            tidying.cancel()
            await self.close()

    async def close(self):
        """Let go of every run, and make sure that its process ends."""
        self._closing = True
        for run in list(self.runs.values()):
            self._release(run)
        while self._tasks:  # those that insist on the end of a process among them
            await asyncio.gather(*self._tasks, return_exceptions=True)

    # What browsers ask for

    async def start(self, settings, expectation, session):
        """Make a run and put it in the queue. Returns its LiveRun. Raises ValueError for bad settings, or Refused."""
        experiment = Experiment.from_dict(settings)
        self._make_room(session)
        folder = RunFolder.create(experiment.to_dict(), expectation, session)  # no await: two tabs at once are two runs
        run = self.runs[folder.id] = LiveRun(folder)
        self._enqueue(run)
        self._background(asyncio.to_thread(store.prune, self.limits.runs_kept))
        return run

    async def watch(self, run_id, watcher):
        """Show a run to `watcher`, with its whole history; a run that was let go comes to life again. Raises Refused."""
        run = self._find(run_id)
        self.leave(watcher)
        self.runs[run.id] = run  # leaving it just now may have had it forgotten
        watcher.clear()
        run.watchers.add(watcher)
        run.send({"do": "watched", "value": True})
        if run.state == "released":
            with contextlib.suppress(Refused):  # no room: it is shown as it stands
                self._wake(run)
        await self.tell_story(run, watcher)
        return run

    async def tell_story(self, run, watcher):
        """Bring `watcher` up to date, whatever it knows: what happens meanwhile waits behind the story."""
        watcher.fell_behind = False
        watcher.hold()
        story = await asyncio.to_thread(_story, run.folder)
        watcher.tell_first([*story, self._state_line(run)])
        self._background(self._tell_ghosts(run, watcher))

    async def _tell_ghosts(self, run, watcher):
        """The earlier runs, after the story: whole curves are read for them, and nobody waits for those."""
        ghosts = await asyncio.to_thread(store.ghosts, run.folder)
        if watcher in run.watchers:
            watcher.push(json.dumps(ghosts))

    def leave(self, watcher):
        """`watcher` looks no longer at whatever it looked at."""
        for run in list(self.runs.values()):
            if watcher in run.watchers:
                run.watchers.discard(watcher)
                run.last_watched = time.monotonic()
                if not run.watchers:
                    run.send({"do": "watched", "value": False})
                    self._forget_if_idle(run)
        self._tidy()

    def command(self, run, command):
        """Carry out pause, resume, step, epoch, stop, change or pace for a run, waking it where it takes a process.

        Raises Refused if the run has ended, or if waking it would be one run too many for its session.
        """
        do = command["do"]
        if run.state in ENDS:
            raise Refused("This run has ended: start a new one.")
        if run.process and not run.leaving:
            run.send(command)
            run.stopping = run.stopping or do == "stop"
        elif run.working:
            run.first_commands.append(command)  # for the process to come
        elif do == "stop":
            self._end_without_process(run, "stopped")
        elif do == "pause":
            if run.state in ("queued", "released"):
                self._end_without_process(run, "paused")
        elif do in WAKING:
            self._wake(run, command)
        elif run.state == "paused":
            self._wake(run, {"do": "pause"}, command)  # to show the change, not to go on
        else:
            run.first_commands.append(command)

    # Processes

    def _find(self, run_id):
        folder = RunFolder.find(run_id)
        if folder is None:
            raise Refused("There is no such run here: it may have been tidied away. Start a new one.")
        if run_id not in self.runs:
            self.runs[run_id] = LiveRun(folder)
        return self.runs[run_id]

    def _make_room(self, session):
        """See that `session` may have one more run, by letting go of those it does not look at. Raises Refused."""
        mine = [run for run in self.runs.values() if run.session == session and self._counts(run)]
        for run in mine:
            if len(mine) >= self.limits.runs_per_session and not run.watchers:
                self._release(run)
                mine = [other for other in mine if other is not run]
        if len(mine) >= self.limits.runs_per_session:
            raise Refused(f"You have {len(mine)} runs going, the most that one browser may have: stop one of them first.")

    def _counts(self, run):
        return not (run.leaving or run.stopping) and (run.working or run in self.queue)

    def _wake(self, run, *commands):
        """Queue a run that has no process, and have its next process obey `commands`. Raises Refused."""
        if run not in self.queue:
            self._make_room(run.session)
        run.first_commands.extend(commands)
        self._enqueue(run)

    def _enqueue(self, run):
        if run not in self.queue and not run.working and not self._closing:
            run.stopping = False
            run.last_watched = time.monotonic()
            run.set_state("queued")
            self.queue.append(run)
        self._dispatch()

    def _dispatch(self):
        """Start processes while there is room, and tell the others their place."""
        while not self._closing and self.queue and self._working() < self.limits.max_runs:
            run = self.queue.pop(0)
            run.set_state("running")
            run.working = True
            self._background(self._work_on(run))
        for run in self.queue:
            run.broadcast(self._state_line(run))
        if self.queue:
            self._tidy()

    def _working(self):
        return sum(run.working for run in self.runs.values())

    async def _work_on(self, run):
        """The life of one process, from its start to what it left."""
        returncode = None
        run.stderr.clear()
        try:
            run.process = await _spawn(run.folder.path, threads=max(1, cores() // self._working()))
            self._brief(run)
            listening = asyncio.create_task(_keep_stderr(run))
            await self._relay_all(run)
            returncode = await run.process.wait()
            await listening
        except OSError as error:
            run.stderr.append(f"the server could not start it ({error.strerror or error})")
        finally:
            if run.process and run.process.returncode is None:
                run.process.kill()  # nobody hears it any more
            run.process, run.working = None, False
            self._after(run, returncode)

    def _brief(self, run):
        """Tell a new process what it must know before it trains."""
        if not run.watchers:
            run.send({"do": "watched", "value": False})
        for command in run.first_commands:
            run.send(command)
        run.first_commands.clear()
        if run.leaving:  # asked while it was being started
            run.send({"do": "release"})
            self._background(_insist_on_the_end_of(run.process))
        run.broadcast(self._state_line(run))

    async def _relay_all(self, run):
        async for line in run.process.stdout:
            if line.endswith(b"\n"):  # else torn: the process was killed while it wrote
                self._relay(run, line[:-1].decode())

    def _relay(self, run, line):
        """Pass an event on. Only the few that change the state are looked into."""
        if line.startswith(('{"event": "state"', '{"event": "finished"', '{"event": "diverged"', '{"event": "failed"')):
            _note(run, json.loads(line))
        if not line.startswith(NO_NEWS):
            run.broadcast(line)

    def _after(self, run, returncode):
        """The process has ended: say how the run stands."""
        if run.state in ACTIVE or run.state == "paused":
            if run.leaving:
                if run.state != "paused":  # a paused run stays paused, without a process
                    run.set_state("released")
            elif returncode == 0:
                run.set_state("interrupted", "Its process was asked to end, by somebody outside this page.")
            else:
                run.set_state("failed", _cause_of_death(returncode, run.stderr))
        run.leaving = False
        run.broadcast(self._state_line(run))
        wanted = any(command["do"] in WAKING for command in run.first_commands)
        if wanted or (run.state == "released" and run.watchers):
            self._enqueue(run)  # somebody came back while it was leaving
        self._forget_if_idle(run)
        self._dispatch()

    def _release(self, run):
        """Have a run checkpointed and its process gone."""
        if run in self.queue:
            self.queue.remove(run)
            run.set_state("released")
            run.broadcast(self._state_line(run))
        elif run.working and not run.leaving:
            run.leaving = True
            if run.process:
                run.send({"do": "release"})
                self._background(_insist_on_the_end_of(run.process))

    def _end_without_process(self, run, state):
        if run in self.queue:
            self.queue.remove(run)
        run.set_state(state)
        run.broadcast(self._state_line(run))
        self._dispatch()

    # Housekeeping

    async def _tidy_forever(self, left_behind):
        while True:
            await asyncio.sleep(TIDY_SECONDS)
            self._tidy()
            left_behind = [run for run in left_behind if run.id not in self.runs or not self.runs[run.id].working]
            left_behind = await asyncio.to_thread(store.mark_interrupted, left_behind)

    def _tidy(self):
        """Let go of runs that nobody watches: after some minutes, or at once when others queue, one for each that waits."""
        patience = 60 * self.limits.release_minutes
        leaving = sum(run.leaving for run in self.runs.values())
        for run in sorted(self.runs.values(), key=lambda run: run.last_watched):
            if run.watchers or not run.process or run.leaving:
                continue
            unwatched_for = time.monotonic() - run.last_watched
            makes_room = leaving < len(self.queue) and unwatched_for >= RELOAD_SECONDS
            if makes_room or unwatched_for >= patience:
                self._release(run)
                leaving += 1

    def _forget_if_idle(self, run):
        if not (run.watchers or run.working or run in self.queue):
            self.runs.pop(run.id, None)

    def _background(self, work):
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _state_line(self, run):
        position = self.queue.index(run) + 1 if run in self.queue else None
        return json.dumps({"event": "state", "state": run.state, "reason": run.reason, "position": position})


def _story(folder):
    """The lines that bring a newcomer up to date with a run. Reads files: call it in a thread."""
    about = folder.about
    known = {"event": "run", "run": folder.id, "settings": about["settings"], "expectation": about["expectation"]}
    parts = [known, folder.read("started.json"), folder.history(), folder.read("frame.json"), store.ghosts(folder)]
    return [json.dumps(part) for part in parts if part]


async def _spawn(folder, threads):
    """Start the process that works on the run in `folder`, with at most `threads` BLAS threads. Raises OSError."""
    root = str(Path(__file__).parent.parent.parent)
    path = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))
    blas = {name: str(threads) for name in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS")}
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "nnlib", "run", str(folder),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        env={**os.environ, **blas, "PYTHONPATH": path}, limit=LINE_BYTES,
    )  # fmt: skip


async def _keep_stderr(run):
    async for line in run.process.stderr:
        run.stderr.append(line.decode(errors="replace").rstrip())


async def _insist_on_the_end_of(process):
    """Give a process that was told to leave some time, then kill it."""
    try:
        await asyncio.wait_for(process.wait(), PATIENCE_SECONDS)
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            process.kill()


def _note(run, event):
    """Keep the state that an event of its process puts a run in."""
    if event["event"] == "state":
        run.set_state(event["state"])
    elif event["event"] == "failed":
        run.set_state("failed", event["reason"])
    else:
        run.set_state(*store.state_after(event))


def _cause_of_death(returncode, stderr):
    """A sentence for the learner on why a process ended."""
    if returncode is None:
        return f"Its process came to no good: {stderr[-1] if stderr else 'the server lost it'}."
    if returncode == -signal.SIGKILL:
        return "Its process was killed, most likely because the machine ran out of memory. Resume goes on from the last second."
    if returncode < 0:
        return f"Its process was ended by {signal.Signals(-returncode).name}. Resume goes on from the last second."
    last = next((line for line in reversed(stderr) if line.strip()), f"exit code {returncode}")
    return f"Its process failed: {last}"
