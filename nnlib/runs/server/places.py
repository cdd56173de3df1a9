"""Which runs may work: the queue, the limits of a session, each run's share of the cores, and which runs must be released."""

import os
import time
from collections import Counter

from nnlib.runs.kinds import KINDS
from nnlib.runs.protocol import FRAMES
from nnlib.runs.server.limits import Limits
from nnlib.runs.server.live_run import LiveRun, Refused
from nnlib.support.cores import cores

MOST_OVERTAKEN = 8  # runs that start before one that waits for memory; what becomes free then is for that one
RELOAD_SECONDS = 3.0  # a browser that comes back within these, after a reload or on another page, still counts as watching
# What the process of a study, and each of its workers beside the network, were measured to need.
STUDY_BYTES, WORKER_BYTES = 90 * 10**6, 30 * 10**6


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

    def waiting(self) -> list[LiveRun]:
        """Return the runs that wait, in the order in which they get a place.

        A teacher's come first. Then learners take turns: first those with the fewest runs at work. Between learners with as
        many, classes do the same, and, for who is in none, network addresses, so that one browser gains nothing by changing
        its cookies. Otherwise it counts who came first. Runs that nobody watches wait behind all others.
        """
        order = sorted(self.queue, key=lambda run: not self._is_awaited(run))
        turns = self._turns(order, lambda run: run.session)
        order.sort(key=lambda run: (not self._is_awaited(run), turns[run]))
        turns_of_group = self._turns(order, lambda run: run.group)
        return sorted(order, key=lambda run: (not self._is_awaited(run), not run.is_teachers, turns[run], turns_of_group[run]))

    def _turns(self, order, owner):
        """run → how many runs of the same owner are at work, or come before it in `order`."""
        counts, turns = Counter(map(owner, self._at_work())), {}
        for run in order:
            turns[run] = counts[owner(run)]
            counts[owner(run)] += 1
        return turns

    def position(self, run: LiveRun) -> int | None:
        """Return the run's place in the queue, from 1, or None if it does not wait."""
        return self.waiting().index(run) + 1 if run in self.queue else None

    def withdraw(self, run: LiveRun) -> None:
        """Take a run out of the queue, if it waits."""
        if run in self.queue:
            self.queue.remove(run)
            run.overtaken = 0

    def next(self) -> LiveRun | None:
        """Take the next run that has room out of the queue: None while all places, or the memory, are taken.

        One run of each teacher needs no place: it does not wait for those of the class. A run for which the memory does not
        suffice yet is overtaken by smaller ones, but only so many times.
        """
        order, free, at_work = self.waiting(), self._free_memory(), self._at_work()
        if len(at_work) >= self.limits.max_runs:
            taught = {run.group for run in at_work if run.is_teachers}
            order = [run for run in order if run.is_teachers and run.group not in taught]
        for position, run in enumerate(order):
            if (needed := self._memory(run)) <= free:
                self.withdraw(run)
                run.memory = needed
                for larger in order[:position]:
                    larger.overtaken += 1
                return run
            if run.overtaken >= MOST_OVERTAKEN:
                return None
        return None

    def _at_work(self):
        return [run for run in list(self.runs.values()) if run.is_working]

    def _is_awaited(self, run):
        """Whether a learner waits for this run."""
        return bool(run.watchers) or time.monotonic() - run.last_watched < RELOAD_SECONDS

    # Memory

    def _memory(self, run):
        """The bytes that the processes of a run need together on this machine, as an estimate."""
        return _memory_of(run.about["kind"], run.needed, self.workers(run))

    def workers(self, run: LiveRun) -> int:
        """Return the workers for a study that begins now: as many as its share of the cores, and the memory, allow."""
        have_room = (self._most_memory - STUDY_BYTES) // (WORKER_BYTES + run.needed)
        return max(1, min(self.study_workers(run.id), have_room))

    @property
    def _most_memory(self):
        return self.limits.memory_mb * 10**6

    def _free_memory(self):
        return self._most_memory - sum(run.memory for run in self._at_work())

    def check_memory(self, kind: str, needed: int) -> None:
        """Raise Refused if no run of this kind, with a network that needs so many bytes, would ever have room."""
        needed = _memory_of(kind, needed, workers=1)
        if needed > self._most_memory:
            raise Refused(
                f"This run needs about {gigabytes(needed)} of memory, and all runs here share {gigabytes(self._most_memory)}: "
                "choose fewer or narrower layers, or a smaller batch."
            )

    def why_waiting(self, run: LiveRun) -> str | None:
        """Return why a run in the queue waits although there is a place, or None."""
        needed, free = self._memory(run), self._free_memory()
        if needed <= free or len(self._at_work()) >= self.limits.max_runs:
            return None
        return f"It waits for memory: it needs about {gigabytes(needed)}, and {gigabytes(max(0, free))} are free."

    def forget_if_idle(self, run: LiveRun) -> None:
        """Forget a run that is not watched, does not wait and has no process. It stays on disk."""
        if not (run.watchers or run.is_working or run in self.queue):
            self.runs.pop(run.id, None)

    # Which runs are released

    def surplus(self, session: str | None, group: int | str | None) -> list[LiveRun]:
        """Return the runs to release so that `session` may have one more: those that were not watched for longest.

        Raises
        ------
        Refused
            If the queue is full of runs that are watched, or half full of those of `group`, a class or a network address, or
            the session watches as many runs as it may have.
        """
        oldest_first = sorted(self.runs.values(), key=lambda run: run.last_watched)
        own = [run for run in oldest_first if run.session == session and self._counts(run)]
        unwatched = [run for run in own if not run.watchers]
        surplus = len(own) + 1 - self.limits.runs_per_session
        if surplus > len(unwatched):
            raise Refused(f"You have {len(own)} active runs, the most that one browser may have: stop one of them first.")
        released = unwatched[: max(0, surplus)]
        awaited = [run for run in self.queue if self._is_awaited(run)]
        share = max(1, self.limits.max_queued // 2)
        if group is not None and sum(run.group == group for run in awaited) >= share:
            whose = "of your class" if isinstance(group, int) else "from your network"
            raise Refused(f"{share} runs {whose} are waiting already: try again in a few minutes.")
        if len(self.queue) >= self.limits.max_queued and not any(run in self.queue for run in released):
            if len(awaited) == len(self.queue):
                raise Refused(f"{len(self.queue)} runs are waiting already: try again in a few minutes.")
            released.append(next(run for run in oldest_first if run in self.queue and run not in awaited))
        return released

    def _counts(self, run):
        return run in self.queue or (run.is_working and not run.is_releasing and not run.is_stopping)

    def unwatched(self) -> list[LiveRun]:
        """Return the runs to release because nobody watches them.

        That is after some minutes, or after RELOAD_SECONDS while others are waited for: one for each of these.
        """
        found: list[LiveRun] = []
        wanted = sum(self._is_awaited(run) for run in self.queue) - sum(run.is_releasing for run in self.runs.values())
        for run in sorted(self.runs.values(), key=lambda run: run.last_watched):
            if run.watchers or run.is_releasing or not (run.process or run in self.queue):
                continue
            makes_room = len(found) < wanted and run.process and not self._is_awaited(run)
            if makes_room or time.monotonic() - run.last_watched >= 60 * self.limits.release_minutes:
                found.append(run)
        return found

    # Shares of the cores

    def frames_per_second(self) -> float:
        """Return the frames a second for a run that is watched: 20 for each core, which the runs share.

        A frame of a small network costs its worker as much time as thirty steps, and the server and the browser have theirs.
        """
        return max(min(FRAMES), max(FRAMES) * min(1, cores() / max(1, len(self._computing()))))

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


def _memory_of(kind, needed, workers):
    """The bytes of a run whose network needs so many; `workers`: of a study, unless they are on a cluster."""
    if not KINDS[kind].is_study:
        return needed
    return STUDY_BYTES + (0 if os.environ.get("NNLIB_SCHEDULER") else workers * (WORKER_BYTES + needed))


def gigabytes(number: int) -> str:
    """Return a number of bytes in GB, for a learner."""
    return f"{number / 10**9:.1f} GB"
