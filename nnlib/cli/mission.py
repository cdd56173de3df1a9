"""`python -m nnlib mission`: judges a run by the goal of a mission, on three seeds."""

from dataclasses import asdict

from nnlib.cli.arguments import BadArguments, Commands, add_json
from nnlib.cli.progress import print_event
from nnlib.runs.mission_runs import trials
from nnlib.runs.store import RunFolder
from nnlib.teaching.missions import MISSIONS, SEEDS


def add_command(commands: Commands) -> None:
    """Add `mission` to the commands."""
    parser = commands.add_parser("mission", help="judge a run by the goal of a mission, on its seed and two more")
    parser.add_argument("mission", choices=MISSIONS, metavar="MISSION", help=f"one of {', '.join(MISSIONS)}")
    parser.add_argument("run", metavar="RUN", help="the id of the run, as in its link")
    add_json(parser)
    parser.set_defaults(command=_mission)


def _mission(options):
    mission, run = MISSIONS[options.mission], RunFolder.find(options.run)
    if run is None:
        raise BadArguments(f"There is no run {options.run!r} here: see the link of the run, and NNLIB_RUNS.")
    met = 0
    try:
        for seed, checks in trials(mission, run):
            met += all(check.met for check in checks)
            if options.json:
                print_event({"event": "seed", "seed": seed, "checks": [asdict(check) for check in checks]})
            else:
                print(f"seed {seed}: " + ", ".join(f"{check.text} ({'yes' if check.met else 'no'})" for check in checks))
    except ValueError as error:
        raise BadArguments(error) from None
    if options.json:
        print_event({"event": "result", "won": met == SEEDS})
    else:
        print(f"“{mission.title}” is {'won' if met == SEEDS else 'not won'}.")
    return 0
