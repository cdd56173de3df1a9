"""The server's side of all runs: it starts their processes, and passes commands to them and events to browsers.

One Hub a server, in its event loop. Nothing here computes, and nothing waits for the disk: files are read in threads, and
written, in order, by one thread of the hub's own. Who may work is decided in places.py. Formats: docs/live-protocol.md.
"""

import asyncio
import contextlib
import json
import logging
from collections.abc import AsyncIterator, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from nnlib.runs.kinds import KINDS
from nnlib.runs.protocol import CHANGES_STATE, ENDS, FOR_THE_HUB, NETWORK_CONTROLS, WAKING, Command, kind_of
from nnlib.runs.server.control_keys import ControlKeys
from nnlib.runs.server.descriptors import ErrorHandler, take_all_descriptors
from nnlib.runs.server.limits import Limits
from nnlib.runs.server.live_run import LiveRun, Refused
from nnlib.runs.server.places import Places
from nnlib.runs.server.watcher import Watcher
from nnlib.runs.server.worker_process import REPORT_SECONDS, STOP_SECONDS, WorkerProcess
from nnlib.runs.store import RunFolder, check_writable, prune, settle_all, state_after
from nnlib.runs.story import earlier_runs, story
from nnlib.studies.local_workers import study_workers

TIDY_SECONDS = 2.0  # between looks for runs that nobody watches, and between two shares of the frames
END_SECONDS = 2.5  # for all processes to save and exit when the server ends
PRUNE_SECONDS = 60.0  # and for runs and classes to delete
ID_SHOWN = 8  # characters of a run's id in the log: with all of them, anyone could watch it

NO_RUN = "There is no such run here: it may have been deleted, or wait on another server that is down. Start a new one."

logger = logging.getLogger(__name__)

_serving: list["Hub"] = []  # the hub of this process, while it runs


def workers_for_a_study(instead_of: str | None = None) -> int:
    """Return how many workers a study would get if it started now on this server. Pages call it, in any thread.

    Parameters
    ----------
    instead_of : the id of a run that would be stopped for it, or None
    """
    return _serving[-1].places.study_workers(instead_of) if _serving else study_workers()


class Hub:
    """All runs of one server. Every method must be called in the event loop it was started in."""

    def __init__(self, limits: Limits) -> None:
        self.places = Places(limits)
        self.is_running = False
        self.keys = ControlKeys()
        self._starting = asyncio.Lock()
        self._disk = ThreadPoolExecutor(1, "runs-on-disk")
        self._tasks: set[asyncio.Task] = set()
        self._unwritten: dict[str, LiveRun] = {}  # runs whose state could not be written

    @contextlib.asynccontextmanager
    async def lifespan(self) -> AsyncIterator[None]:
        """From the server's start to its end, after which no worker is left."""
        await self.on_disk(settle_all)
        self._on_disk_later(check_writable)
        take_all_descriptors()
        asyncio.get_running_loop().set_exception_handler(ErrorHandler())
        tidying = asyncio.create_task(self._tidy_forever())
        self.is_running = True
        _serving.append(self)
        try:
            yield
        finally:
            _serving.remove(self)
            tidying.cancel()
            await self.close()

    def end(self) -> None:
        """Release every run, and start no more: the server is about to end."""
        if self.is_running:
            self.is_running = False
            for run in list(self.places.runs.values()):
                self._release(run)
            asyncio.get_running_loop().call_later(END_SECONDS, self._kill_all)

    def _kill_all(self):
        for run in self.places.runs.values():
            if run.process:
                run.process.kill()

    async def close(self) -> None:
        """Release every run, and wait until its process has ended."""
        self.end()
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)
        self._write_again()
        await asyncio.to_thread(self._disk.shutdown)

    def on_disk(self, function: Callable, *arguments: Any) -> asyncio.Future:
        """Call `function` in the thread that writes, after all that it was given before."""
        return asyncio.get_running_loop().run_in_executor(self._disk, function, *arguments)

    def _on_disk_later(self, function, *arguments):
        """Call `function` as `on_disk` does. If it fails, the operator reads why; no learner waits for it."""
        self.on_disk(function, *arguments).add_done_callback(_report)

    # What browsers ask for

    async def start(
        self, settings: Any, expectation: str | None, watcher: Watcher, kind: str = "train", origin: dict | None = None
    ) -> LiveRun:
        """Make a run of the session of `watcher`, show it there, and queue it.

        With an `origin`, {"run", "step"}, it trains on from that snapshot of an earlier run, which is stopped.

        Raises
        ------
        ValueError
            For invalid settings, or an origin from which nobody can train on.
        Refused
            If the session may have no further run, or the disk is full.
        """
        checked = KINDS[kind].settings.from_dict(settings)
        self.places.check_memory(kind, KINDS[kind].memory(checked))
        async with self._starting:  # one at a time, so that nobody else takes the place that was just made free
            self._make_room(watcher.session, watcher.address if watcher.classroom is None else watcher.classroom)
            try:
                if origin:
                    run = await self.on_disk(LiveRun.continued, origin, checked, watcher.session, watcher.classroom)
                else:
                    about = checked.to_dict(), expectation, watcher.session, kind, watcher.classroom
                    run = await self.on_disk(LiveRun.create, *about)
            except OSError as error:
                reason = error.strerror or error
                raise Refused(f"The server cannot store a new run ({reason}): please inform its operator.") from None
            self.places.runs[run.id] = run
            self._show(run, watcher)
            self._enqueue(run)
        if origin:
            self._stop_origin(origin["run"], watcher.session)
        return run

    def _stop_origin(self, run_id, session):
        run = self.places.runs.get(run_id)
        if run and run.session == session and run.state in ("queued", "running", "paused"):
            self.command(run, {"do": "stop"})

    async def watch(self, run_id: str, watcher: Watcher) -> LiveRun:
        """Show a run to `watcher`, from its beginning. Raises Refused."""
        run = await self._find(run_id)
        self._show(run, watcher)
        return run

    async def mark(self, session: str | None, command: Command) -> None:
        """Store the name of a run, or whether it is pinned, hidden or removed from lists. Raises Refused."""
        marks = {name: value for name, value in command.items() if name not in ("do", "run")}
        try:
            found = await self.on_disk(_mark, command["run"], session, marks)
        except OSError as error:
            raise Refused(f"The server cannot store this ({error.strerror or error}): please inform its operator.") from None
        if not found:
            raise Refused("Only the browser that started a run can rename, pin, hide or remove it.")

    def may_control(self, run: LiveRun, watcher: Watcher) -> bool:
        """Return whether the browser of `watcher` may control a run: others watch it."""
        return run.session in (None, watcher.session) or self.keys.is_held(run.id, watcher.cookies)

    def reopen(self, run: LiveRun) -> None:
        """Go on with a run that was released. Raises Refused."""
        if run.state == "released":
            self._wake(run)

    def leave(self, watcher: Watcher) -> None:
        """`watcher` watches nothing any more."""
        watcher.unfollow()
        self._leave_others(watcher, None)

    def command(self, run: LiveRun, command: Command) -> None:
        """Carry out one of CONTROLS for a run, and give it a process if that takes one.

        Raises
        ------
        Refused
            If the run has ended, is of a kind without this command, or would be one too many.
        """
        kind = KINDS[run.about["kind"]]
        if run.state in ENDS and not (kind.is_study and run.state == "stopped" and command["do"] == "resume"):
            raise Refused("This run has ended: start a new one.")
        if command["do"] == "change" and not kind.changeable:
            raise Refused("The settings of this run cannot be changed while it trains: start a new one.")
        if command["do"] in NETWORK_CONTROLS and kind.is_study:
            raise Refused("A study has no steps or epochs: you can only pause, resume or stop it.")
        if run.process and not run.is_releasing and run.state in ("running", "paused"):
            if command["do"] == "stop":
                run.stop(STOP_SECONDS)
            else:
                run.send(command)
        elif run.is_working:
            run.add_pending(command)
        else:
            self._command_without_process(run, command)

    def _command_without_process(self, run, command):
        do = command["do"]
        if do in WAKING or (do == "stop" and run.state == "paused"):  # a run that is stopped in a pause still makes its report
            self._wake(run)
            run.add_pending(command)
        elif do == "stop":
            self._set_state_without_process(run, "stopped")
        elif do == "pause":
            if run.state in ("queued", "released"):
                self._set_state_without_process(run, "paused")
        elif run.state == "paused":  # to show what was changed, not to go on
            self._wake(run)
            run.add_pending({"do": "pause"})
            run.add_pending(command)
        else:
            run.add_pending(command)

    def _set_state_without_process(self, run, state):
        self.places.withdraw(run)
        self._set_state(run, state)
        self._on_disk_later(run.folder.clean_up, state in ENDS)
        self._dispatch()

    async def _find(self, run_id):
        runs = self.places.runs
        if run_id not in runs:
            found = await self.on_disk(LiveRun.load, run_id)  # after all that this hub has yet to write
            found = self._unwritten.get(run_id, found)  # whose state is newer than what is on disk
            if found is None:
                raise Refused(NO_RUN)
            runs.setdefault(run_id, found)  # another tab may have been quicker
        return runs[run_id]

    # What browsers receive

    def _show(self, run, watcher):
        run.start_watching(watcher)  # before leaving others, or the run might be forgotten in between
        self._leave_others(watcher, run)
        watcher.follow(lambda: self._story(run, watcher))
        run.send({"do": "watched", "value": True})

    async def _story(self, run, watcher):
        """The lines that bring a browser up to date. Earlier runs follow later: whole curves are read for them."""
        key = self.keys.key_of(run.id) if self.may_control(run, watcher) else None
        lines = await asyncio.to_thread(story, run.folder, run.about, key)
        self._in_background(self._send_earlier_runs(run, watcher))
        return [*lines, self._state_line(run)]

    async def _send_earlier_runs(self, run, watcher):
        event = await asyncio.to_thread(earlier_runs, run.about, run.session == watcher.session)
        if watcher in run.watchers:
            watcher.push(json.dumps(event))

    def _state_line(self, run, position=None):
        if run.state == "queued":
            position, reason = position or self.places.position(run), self.places.why_waiting(run)
        else:
            reason = run.reason
        return json.dumps({"event": "state", "state": run.state, "reason": reason, "position": position})

    def _set_state(self, run, state, reason=None):
        """Write the state of a run, and send it to everyone who watches."""
        run.state, run.reason = state, reason
        if state == "failed":
            of_class = f" of class {run.about['class']}" if "class" in run.about else ""
            logger.error("The run %s%s failed: %s", run.id[:ID_SHOWN], of_class, reason)
        self._write_state(run)
        run.broadcast(self._state_line(run))

    def _write_state(self, run):
        """Write the state of a run, or note that it has to be written again when there is room."""

        def written(writing):
            if writing.exception() is None:
                self._unwritten.pop(run.id, None)
            else:
                if not self._unwritten:
                    _report(writing)
                self._unwritten[run.id] = run

        self.on_disk(run.folder.set_state, run.state, run.reason).add_done_callback(written)

    def _write_again(self):
        for run in list(self._unwritten.values()):
            self._write_state(run)

    def _leave_others(self, watcher, watched):
        """`watcher` watches no other run than `watched` any more."""
        for run in list(self.places.runs.values()):
            if watcher in run.watchers and run is not watched:
                run.stop_watching(watcher)
                self.places.forget_if_idle(run)

    # The queue

    def _make_room(self, session, group):
        """Make sure that `session`, in the class or at the network address `group`, may have one more run. Raises Refused."""
        if not self.is_running:
            raise Refused("The server is about to end: try again in a minute.")
        for run in self.places.surplus(session, group):
            self._release(run)

    def _wake(self, run):
        """Queue a run that has no process. Raises Refused."""
        if run not in self.places.queue:
            self.places.check_memory(run.about["kind"], run.needed)
            self._make_room(run.session, run.group)
            self._enqueue(run)

    def _enqueue(self, run):
        run.mark_watched()
        self.places.queue.append(run)
        self._set_state(run, "queued")
        self._dispatch()

    def _dispatch(self):
        """Start processes while there are places, and send the other runs their position."""
        while self.is_running and (run := self.places.next()):
            run.is_working, run.is_stopping = True, False
            self._set_state(run, "running")
            self._in_background(self._work_on(run))
        for position, run in enumerate(self.places.waiting(), start=1):
            run.broadcast(self._state_line(run, position))
        if self.places.queue:
            self._tidy()

    # The life of a process

    async def _work_on(self, run):
        """From the start of a process to what has to be done after its end."""
        code, cause = None, "The server lost the connection to its process."
        try:
            run.process = await WorkerProcess.start(run.folder, self.places.threads(), self.places.workers(run))
            run.send_pending()
            if run.is_releasing:  # asked while it was being started
                run.process.release()
            async for line in run.process.lines():
                self._relay(run, line)
            code, cause = await run.process.gone()
        except OSError as error:
            cause = f"Its process could not be started ({error.strerror or error})."
        finally:
            if run.process:
                run.process.kill()  # does nothing to a process that has ended
            run.process, run.is_working, run.frames_per_second = None, False, None
            self._process_ended(run, code, cause)

    def _relay(self, run, line):
        """Pass an event on. Only the few that change the state are parsed."""
        kind = kind_of(line)
        if kind not in FOR_THE_HUB:
            run.broadcast(line)
        run.has_begun = run.has_begun or kind == "started"
        if kind == "stopping":
            run.process.end_within(REPORT_SECONDS)
        if kind in CHANGES_STATE:
            event = json.loads(line)
            if kind in FOR_THE_HUB:
                self._set_state(run, event.get("state", "failed"), event["reason"])
            else:
                self._set_state(run, *state_after(event))

    def _process_ended(self, run, code, cause):
        late_commands = run.take_pending() if run.state in ("failed", "stopped") else []  # they came when it was over
        if run.state in ("running", "paused"):  # else an event said how it ended
            self._set_state(run, *run.state_without_process(code, cause))
        self._on_disk_later(run.folder.clean_up, run.state in ENDS)
        run.is_releasing = run.is_stopping = False
        if run.has_to_go_on() and self.is_running:
            self._enqueue(run)
        for command in late_commands:
            with contextlib.suppress(Refused):
                self.command(run, command)
        self.places.forget_if_idle(run)
        self._dispatch()

    def _release(self, run):
        """Have a run save and its process end."""
        if run in self.places.queue:
            self.places.withdraw(run)
            self._set_state(run, "released")
        elif run.is_working:
            run.is_releasing = True
            if run.process:
                run.process.release()

    # Housekeeping

    async def _tidy_forever(self):
        loop, next_prune = asyncio.get_running_loop(), 0.0
        while True:
            if loop.time() >= next_prune:
                self._prune()
                next_prune = loop.time() + PRUNE_SECONDS
            await asyncio.sleep(TIDY_SECONDS)
            self._write_again()
            self._tidy()
            self._share_frames()

    def _tidy(self):
        for run in self.places.unwatched():
            self._release(run)

    def _share_frames(self):
        per_second = self.places.frames_per_second()
        for run in self.places.runs.values():
            run.limit_frames(per_second)

    def _prune(self):
        limits = self.places.limits
        most = (limits.runs_kept, limits.runs_mb * 10**6, limits.runs_days * 86400.0)
        self._on_disk_later(prune, *most, frozenset(self.places.runs | self._unwritten))

    def _in_background(self, work: Coroutine) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _mark(run_id, session, marks):
    """Whether there is such a run of this session, whose marks are changed."""
    folder = RunFolder.find(run_id)
    if folder is None or session is None or folder.about["session"] != session:
        return False
    folder.write("marks.json", folder.marks | marks)
    return True


def _report(writing):
    """Log why something could not be written, in a line for the operator."""
    if error := writing.exception():
        logger.warning("The runs cannot be stored as they should (%s): lessons work, new runs may be refused.", error)
