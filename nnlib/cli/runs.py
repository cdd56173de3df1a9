"""`python -m nnlib runs`: what runs take on the disk of a server, and clearing those that nobody needs."""

import math
import time

from nnlib.cli.arguments import BadArguments, Commands, add_json
from nnlib.cli.progress import print_event
from nnlib.runs.store import all_runs, size_of
from nnlib.support.folders import runs_folder

DAY, MB = 86400.0, 10**6


def add_command(commands: Commands) -> None:
    """Add `runs` to the commands."""
    runs = commands.add_parser("runs", help="list the runs on this server's disk, or clear old ones")
    actions = runs.add_subparsers(required=True, metavar="ACTION")
    listing = actions.add_parser("list", help="list the runs, the newest first, and what they take on the disk")
    listing.set_defaults(command=_list)
    clear = actions.add_parser("clear", help="delete runs, but none that a process works on")
    clear.add_argument("--all", action="store_true", help="delete all runs")
    clear.set_defaults(command=_clear)
    for parser in (listing, clear):
        parser.add_argument("runs", nargs="*", metavar="RUN", help="the id of a run, as in its link")
        parser.add_argument("--older-than", metavar="DAYS", help="only runs that did not change for so many days")
        add_json(parser)


def _list(options):
    runs = _chosen(options)
    sizes = {run: run.size for run in runs}
    learners = {session: number for number, session in enumerate(dict.fromkeys(run.about.get("session") for run in runs), 1)}
    for run in runs:
        about = run.about
        event = {
            "event": "run", "run": run.id, "kind": about.get("kind"), "label": run.label(), "state": run.status[0],
            "bytes": sizes[run], "days": round((time.time() - run.changed) / DAY, 2), "learner": learners[about.get("session")],
        }  # fmt: skip
        if options.json:
            print_event(event)
        else:
            print("{run}  {state:<11} {megabytes:>9.2f} MB {days:>7.1f} days  learner {learner:<4} {kind:<6} {label}".format(
                megabytes=sizes[run] / MB, **event
            ))  # fmt: skip
    taken, beside = sum(sizes.values()), size_of(runs_folder()) - sum(run.size for run in all_runs())
    if options.json:
        print_event({"event": "result", "runs": len(runs), "learners": len(learners), "bytes": taken, "bytes_beside": beside})
        return 0
    print(f"{len(runs):,} runs of {len(learners):,} learners take {taken / MB:,.1f} MB.")
    print(f"Beside all runs, {runs_folder()} holds {max(0, beside) / MB:,.1f} MB: studies, points and the leaderboard.")
    return 0


def _clear(options):
    if not (options.all or options.runs or options.older_than):
        raise BadArguments("name the runs to delete, or --older-than DAYS, or --all.")
    cleared, freed, busy = 0, 0, 0
    for run in _chosen(options):
        size = run.size
        if run.delete_if_idle():
            cleared, freed = cleared + 1, freed + size
        else:
            busy += 1
    if options.json:
        print_event({"event": "result", "cleared": cleared, "bytes": freed, "at_work": busy})
    else:
        print(f"{cleared:,} runs deleted, {freed / MB:,.1f} MB freed. {busy:,} left: a process works on them, or is about to.")
    return 0


def _chosen(options):
    """The runs that the options name, the newest first."""
    found = all_runs()
    if options.runs:
        by_id = {run.id: run for run in found}
        if missing := [name for name in options.runs if name not in by_id]:
            raise BadArguments(f"There is no run {missing[0]!r} here: see the link of the run, and NNLIB_RUNS.")
        found = [by_id[name] for name in dict.fromkeys(options.runs)]
    if options.older_than is None:
        return found
    limit = time.time() - DAY * _days(options.older_than)
    return [run for run in found if run.changed < limit]


def _days(text):
    try:
        days = float(text)
    except ValueError:
        days = math.nan
    if not 0 <= days < math.inf:
        raise BadArguments(f"--older-than = {text!r}: must be a number of days.")
    return days
