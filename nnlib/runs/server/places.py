"""Which runs may work: the queue, the limits of a session, each run's share of the cores, and which runs must be released."""

import time

from nnlib.runs.kinds import KINDS
from nnlib.runs.server.limits import Limits
from nnlib.runs.server.live_run import LiveRun, Refused
from nnlib.support.cores import cores

RELOAD_SECONDS = 3.0  # a browser that comes back within these, after a reload or on another page, still counts as watching


class Places:
    """The runs of one server, and which of them may have a process. Places decides; the hub acts.

    Attributes
    ----------
    runs : id → LiveRun
    queue : the runs that wait, the next one first
    """

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.runs: dict[str, LiveRun] = {}
        self.queue: list[LiveRun] = []

    def position(self, run: LiveRun) -> int | None:
        """Return the run's place in the queue, from 1, or None if it does not wait."""
        return self.queue.index(run) + 1 if run in self.queue else None

    def withdraw(self, run: LiveRun) -> None:
        """Take a run out of the queue, if it waits."""
        if run in self.queue:
            self.queue.remove(run)

    def next(self) -> LiveRun | None:
        """Take the next run out of the queue, None while all places are taken."""
        is_free = sum(run.is_working for run in self.runs.values()) < self.limits.max_runs
        return self.queue.pop(0) if self.queue and is_free else None

    def forget_if_idle(self, run: LiveRun) -> None:
        """Forget a run that is not watched, does not wait and has no process. It stays on disk."""
        if not (run.watchers or run.is_working or run in self.queue):
            self.runs.pop(run.id, None)

    # Which runs are released

    def surplus(self, session: str | None) -> list[LiveRun]:
        """Return the runs to release so that `session` may have one more: those that it has not watched for longest.

        Raises
        ------
        Refused
            If the queue is full, or the session watches as many runs as it may have.
        """
        if len(self.queue) >= self.limits.max_queued:
            raise Refused(f"{len(self.queue)} runs are waiting already: try again in a few minutes.")
        own = [run for run in self.runs.values() if run.session == session and self._counts(run)]
        unwatched = sorted((run for run in own if not run.watchers), key=lambda run: run.last_watched)
        surplus = len(own) + 1 - self.limits.runs_per_session
        if surplus > len(unwatched):
            raise Refused(f"You have {len(own)} active runs, the most that one browser may have: stop one of them first.")
        return unwatched[: max(0, surplus)]

    def _counts(self, run):
        return run in self.queue or (run.is_working and not run.is_releasing and not run.is_stopping)

    def unwatched(self) -> list[LiveRun]:
        """Return the runs to release because nobody watches them.

        That is after some minutes, or after RELOAD_SECONDS while others wait: one for each that waits.
        """
        found: list[LiveRun] = []
        releasing = sum(run.is_releasing for run in self.runs.values())
        for run in sorted(self.runs.values(), key=lambda run: run.last_watched):
            if run.watchers or not run.process or run.is_releasing:
                continue
            seconds = time.monotonic() - run.last_watched
            makes_room = releasing + len(found) < len(self.queue) and seconds >= RELOAD_SECONDS
            if makes_room or seconds >= 60 * self.limits.release_minutes:
                found.append(run)
        return found

    # Shares of the cores

    def threads(self) -> int:
        """Return the BLAS threads for a run that begins: its share of the cores. It keeps them, see docs/live-protocol.md.

        One core is left to the server, and on a learner's own machine to the browser: the threads of a product wait for each
        other, so that one without a core of its own slows down all of them.
        """
        return max(1, (cores() - 1) // max(1, len(self._computing())))

    def study_workers(self, run_id: str | None = None) -> int:
        """Return the workers for the study `run_id`, or a new one, that begins now: its share of the cores. It keeps them.

        A study's own process computes next to nothing, so that no core is left free for it. May be called in any thread.
        """
        others = sum(KINDS[run.about["kind"]].is_study for run in self._computing() if run.id != run_id)
        return min(self.limits.study_workers, max(1, cores() // (others + 1)))

    def _computing(self):
        """The runs that compute, and are not about to end."""
        alive = [run for run in list(self.runs.values()) if run.is_working and run.state != "paused"]
        return [run for run in alive if not (run.is_stopping or run.is_releasing)]
