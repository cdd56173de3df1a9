"""The server's side of all runs: starts their processes, lets them queue, relays their events, lets go of what nobody watches.

One Hub a server, living in its event loop. Nothing here computes, and nothing waits for the disk: files are read in threads,
and written, in order, by one thread of the hub's own. Formats: docs/live-protocol.md.
"""

import asyncio
import contextlib
import json
import time
from concurrent.futures import ThreadPoolExecutor

from nnlib.runs import store
from nnlib.runs.kinds import KINDS
from nnlib.runs.server.worker_process import WorkerProcess
from nnlib.runs.store import ENDS, RunFolder
from nnlib.studies.local_workers import study_workers
from nnlib.support.cores import cores

TIDY_SECONDS = 2.0  # between looks for runs that nobody watches
RELOAD_SECONDS = 3.0  # a browser that comes back within these, after a reload or on another page, has not left
WAKING = ("resume", "step", "epoch")  # the commands that take a process
MOST_KEPT = 100  # commands for a process to come
TELLING = tuple(f'{{"event": "{kind}"' for kind in ("state", "failed", "finished", "diverged"))  # events that change the state
INTERNAL = TELLING[:2]  # what browsers learn from the hub's own state line


_serving = []  # the hub of this process, while it lives


def workers_for_a_study(instead_of=None):
    """Workers that a study would have which began now, on the server that this process is. For pages; in any thread.

    instead_of  the id of a run that would be stopped for it, or None
    """
    return _serving[-1].study_workers(instead_of) if _serving else study_workers()


class Refused(Exception):
    """What a browser asked for cannot be had; the message tells the learner why."""


class LiveRun:
    """A run that this server knows of: waiting, with a process, or looked at."""

    def __init__(self, folder, about, state, reason=None):
        self.folder, self.about = folder, about
        self.state, self.reason = state, reason
        self.watchers = set()
        self.last_watched = time.monotonic()
        self.working = False  # has a process, or is about to
        self.process = None
        self.kept = []  # commands for its next process
        self.leaving = False  # told to save and go
        self.stopping = False  # told to end

    @classmethod
    def create(cls, settings, expectation, session, kind):
        """A new run, queued, kept on disk. Raises OSError."""
        folder = RunFolder.create(settings, expectation, session, kind)
        return cls(folder, folder.about, "queued")

    @classmethod
    def load(cls, run_id):
        """The run as it stands on disk, or None."""
        folder = RunFolder.find(run_id)
        return cls(folder, folder.about, *folder.settle()) if folder else None

    @property
    def id(self):
        return self.folder.id

    @property
    def session(self):
        return self.about["session"]

    def broadcast(self, line):
        for watcher in self.watchers:
            watcher.push(line)

    def send(self, command):
        """Pass a command to the process, if there is one."""
        if self.process:
            self.process.send(command)


class Hub:
    """All runs of one server. Every method must be called in the event loop it was started in."""

    def __init__(self, limits):
        self.limits = limits
        self.runs = {}
        self.queue = []
        self._starting = asyncio.Lock()
        self._disk = ThreadPoolExecutor(1, "runs-on-disk")
        self._tasks = set()
        self._closing = False

    @contextlib.asynccontextmanager
    async def lifespan(self):
        """From the server's start to its end, after which no worker is left."""
        await self._on_disk(store.settle_all)
        self._prune()
        tidying = asyncio.create_task(self._tidy_forever())
        _serving.append(self)
        try:
            yield
        finally:
            _serving.remove(self)
            tidying.cancel()
            await self.close()

    async def close(self):
        """Let go of every run, and see its process end."""
        self._closing = True
        for run in list(self.runs.values()):
            self._release(run)
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.to_thread(self._disk.shutdown)

    # What browsers ask for

    async def start(self, settings, expectation, session, watcher, kind="train"):
        """Make a run, show it to `watcher`, queue it. Returns its LiveRun. Raises ValueError for bad settings, or Refused."""
        experiment = KINDS[kind].settings.from_dict(settings)
        async with self._starting:  # one at a time: nobody takes the room that was just made for another
            self._make_room(session)
            try:
                run = await self._on_disk(LiveRun.create, experiment.to_dict(), expectation, session, kind)
            except OSError as error:
                raise Refused(f"The server cannot keep a new run ({error.strerror or error}): tell its operator.") from None
            self.runs[run.id] = run
            self._show(run, watcher)
            self._enqueue(run)
        self._prune()
        return run

    async def watch(self, run_id, watcher):
        """Show a run to `watcher`, from its beginning. Returns its LiveRun. Raises Refused."""
        run = await self._find(run_id)
        self._show(run, watcher)
        return run

    def reopen(self, run):
        """Bring a run that was let go back to life. Raises Refused."""
        if run.state == "released":
            self._wake(run)

    def leave(self, watcher):
        """`watcher` looks at nothing any more."""
        watcher.unfollow()
        self._leave_others(watcher, None)

    def command(self, run, command):
        """Carry out pause, resume, step, epoch, stop, change or pace for a run, waking it where that takes a process.

        Raises Refused if the run has ended, cannot be changed, or waking it would be one too many.
        """
        if run.state in ENDS:
            raise Refused("This run has ended: start a new one.")
        if command["do"] == "change" and not KINDS[run.about["kind"]].changeable:
            raise Refused("The settings of this run cannot be changed while it trains: start a new one.")
        if run.process and not run.leaving:
            run.send(command)
            run.stopping = run.stopping or command["do"] == "stop"
        elif run.working:
            self._keep(run, command)
        else:
            self._command_without_process(run, command)

    def _command_without_process(self, run, command):
        do = command["do"]
        if do in WAKING or (do == "stop" and run.state == "paused"):  # one that is stopped in a pause still makes its report
            self._wake(run)
            self._keep(run, command)
        elif do == "stop":
            self._end_without_process(run, "stopped")
        elif do == "pause":
            if run.state in ("queued", "released"):
                self._end_without_process(run, "paused")
        elif run.state == "paused":  # to show what was changed, not to go on
            self._wake(run)
            self._keep(run, {"do": "pause"})
            self._keep(run, command)
        else:
            self._keep(run, command)

    def _keep(self, run, command):
        if len(run.kept) >= MOST_KEPT:
            raise Refused("Wait until this run goes on: it has been told enough.")
        run.kept.append(command)

    def _end_without_process(self, run, state):
        self._withdraw(run)
        self._set_state(run, state)
        self._dispatch()

    # What browsers are told

    def _show(self, run, watcher):
        run.watchers.add(watcher)  # before leaving, lest the run be forgotten in between
        self._leave_others(watcher, run)
        watcher.follow(lambda: self._story(run, watcher))
        run.send({"do": "watched", "value": True})

    async def _story(self, run, watcher):
        """The lines that bring a newcomer up to date. Earlier runs come later: whole curves are read for them."""
        lines = await asyncio.to_thread(store.story, run.folder, run.about)
        self._background(self._tell_ghosts(run, watcher))
        return [*lines, self._state_line(run)]

    async def _tell_ghosts(self, run, watcher):
        ghosts = await asyncio.to_thread(store.ghosts, run.about)
        if watcher in run.watchers:
            watcher.push(json.dumps(ghosts))

    def _state_line(self, run):
        position = self.queue.index(run) + 1 if run in self.queue else None
        return json.dumps({"event": "state", "state": run.state, "reason": run.reason, "position": position})

    def _set_state(self, run, state, reason=None):
        """Note how a run stands, and tell everyone who watches."""
        run.state, run.reason = state, reason
        self._on_disk(run.folder.set_state, state, reason)
        run.broadcast(self._state_line(run))

    # Who may work

    async def _find(self, run_id):
        if run_id not in self.runs:
            found = await self._on_disk(LiveRun.load, run_id)  # after all that this hub has yet to write
            if found is None:
                raise Refused("There is no such run here: it may have been tidied away. Start a new one.")
            self.runs.setdefault(run_id, found)  # another tab may have been quicker
        return self.runs[run_id]

    def _make_room(self, session):
        """See that `session` may have one more run, by letting go of those it does not look at. Raises Refused."""
        if len(self.queue) >= self.limits.max_queued:
            raise Refused(f"{len(self.queue)} runs are waiting already: try again in a few minutes.")
        mine = [run for run in self.runs.values() if run.session == session and self._counts(run)]
        unwatched = sorted((run for run in mine if not run.watchers), key=lambda run: run.last_watched)
        surplus = len(mine) + 1 - self.limits.runs_per_session
        if surplus > len(unwatched):
            raise Refused(f"You have {len(mine)} runs going, the most that one browser may have: stop one of them first.")
        for run in unwatched[: max(0, surplus)]:
            self._release(run)

    def _counts(self, run):
        return run in self.queue or (run.working and not run.leaving and not run.stopping)

    def _wake(self, run):
        """Queue a run that has no process. Raises Refused."""
        if not run.working and run not in self.queue:
            self._make_room(run.session)
            self._enqueue(run)

    def _enqueue(self, run):
        run.last_watched = time.monotonic()
        self.queue.append(run)
        self._set_state(run, "queued")
        self._dispatch()

    def _withdraw(self, run):
        if run in self.queue:
            self.queue.remove(run)

    def _dispatch(self):
        """Start processes while there is room, and tell the others their place."""
        while self.queue and not self._closing and self._working() < self.limits.max_runs:
            run = self.queue.pop(0)
            run.working, run.stopping = True, False
            self._set_state(run, "running")
            self._background(self._work_on(run))
        for run in self.queue:
            run.broadcast(self._state_line(run))
        if self.queue:
            self._tidy()

    def _working(self):
        return sum(run.working for run in self.runs.values())

    # The life of a process

    async def _work_on(self, run):
        """From its start to what it left."""
        code, cause = None, "The server lost sight of its process."
        try:
            run.process = await WorkerProcess.start(run.folder, self._threads(), self.study_workers(run.id))
            self._brief(run)
            async for line in run.process.lines():
                self._relay(run, line)
            code, cause = await run.process.gone()
        except OSError as error:
            cause = f"Its process could not be started ({error.strerror or error})."
        finally:
            if run.process:
                run.process.kill()  # of a process that has gone, nothing is left to kill
            run.process, run.working = None, False
            self._after(run, code, cause)

    def _threads(self):
        """BLAS threads for a run that begins: its share of the cores. It keeps them, see docs/live-protocol.md.

        One core stays with the server, and on a learner's own machine with the browser: the threads of a product wait for
        each other, so that one without a core of its own holds up all of them.
        """
        return max(1, (cores() - 1) // max(1, len(self._at_work())))

    def study_workers(self, run_id=None):
        """Workers for the study `run_id`, or one yet to be made, that begins now: its share of the cores. It keeps them.

        A study's own process computes next to nothing, so that no core stays free for it. May be asked in any thread.
        """
        others = sum(KINDS[run.about["kind"]].study for run in self._at_work() if run.id != run_id)
        return min(self.limits.study_workers, max(1, cores() // (others + 1)))

    def _at_work(self):
        """The runs that compute, and are not about to end."""
        alive = [run for run in list(self.runs.values()) if run.working and run.state != "paused"]
        return [run for run in alive if not (run.stopping or run.leaving)]

    def _brief(self, run):
        """Tell a new process what it must know before it trains."""
        if not run.watchers:
            run.send({"do": "watched", "value": False})
        for command in run.kept:
            run.send(command)
            run.stopping = run.stopping or command["do"] == "stop"
        run.kept.clear()
        if run.leaving:  # asked while it was being started
            run.process.release()

    def _relay(self, run, line):
        """Pass an event on. Only the few that change the state are looked into."""
        if not line.startswith(INTERNAL):
            run.broadcast(line)
        if line.startswith(TELLING):
            event = json.loads(line)
            if event["event"] in ("state", "failed"):
                self._set_state(run, event.get("state", "failed"), event["reason"])
            else:
                self._set_state(run, *store.state_after(event))

    def _after(self, run, code, cause):
        """The process has ended: say how the run stands, and who is next."""
        if run.state in ("running", "paused"):  # else it said itself how it ended
            self._set_state(run, *_left_as(run, code, cause))
        come_back = run.state == "released" and run.watchers
        run.leaving = run.stopping = False
        if (come_back or self._has_to_go_on(run)) and not self._closing:
            self._enqueue(run)
        self._forget_if_idle(run)
        self._dispatch()

    def _has_to_go_on(self, run):
        """Whether it was told something while it was leaving."""
        return run.kept and run.state in ("released", "paused")

    def _release(self, run):
        """Have a run checkpointed and its process gone."""
        if run in self.queue:
            self._withdraw(run)
            self._set_state(run, "released")
        elif run.working and not run.leaving:
            run.leaving = True
            if run.process:
                run.process.release()

    # Housekeeping

    async def _tidy_forever(self):
        while True:
            await asyncio.sleep(TIDY_SECONDS)
            self._tidy()

    def _tidy(self):
        """Let go of runs that nobody watches: after some minutes, or at once when others queue, one for each that waits."""
        leaving = sum(run.leaving for run in self.runs.values())
        for run in sorted(self.runs.values(), key=lambda run: run.last_watched):
            if run.watchers or not run.process or run.leaving:
                continue
            unwatched_for = time.monotonic() - run.last_watched
            makes_room = leaving < len(self.queue) and unwatched_for >= RELOAD_SECONDS
            if makes_room or unwatched_for >= 60 * self.limits.release_minutes:
                self._release(run)
                leaving += 1

    def _leave_others(self, watcher, kept):
        for run in list(self.runs.values()):
            if watcher in run.watchers and run is not kept:
                run.watchers.discard(watcher)
                run.last_watched = time.monotonic()
                if not run.watchers:
                    run.send({"do": "watched", "value": False})
                self._forget_if_idle(run)

    def _forget_if_idle(self, run):
        if not (run.watchers or run.working or run in self.queue):
            self.runs.pop(run.id, None)

    def _prune(self):
        self._on_disk(store.prune, self.limits.runs_kept, frozenset(self.runs))

    def _on_disk(self, function, *arguments):
        """Call `function` in the thread that writes, after all that was asked of it before. Returns a future."""
        return asyncio.get_running_loop().run_in_executor(self._disk, function, *arguments)

    def _background(self, work):
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _left_as(run, code, cause):
    """(state, reason) of a run whose process went without a word about its end."""
    if run.leaving:
        return ("paused", None) if run.state == "paused" else ("released", None)  # without a process, but still paused
    if code == 0 and run.stopping:  # before there was anything to train
        return "stopped", None
    if code == 0:
        return "interrupted", "Its process was asked to end, by somebody outside this page."
    return "failed", cause
