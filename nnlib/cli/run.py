"""`python -m nnlib run FOLDER`: the worker of one run of the app (docs/live-protocol.md)."""

from nnlib.cli.arguments import Commands


def add_command(commands: Commands) -> None:
    """Add `run` to the commands."""
    parser = commands.add_parser("run", help="execute the run in a folder: events out, commands in (docs/live-protocol.md)")
    parser.add_argument("folder")
    parser.set_defaults(command=_run)


def _run(options):
    from nnlib.runs.worker.worker import run_worker

    return run_worker(options.folder)
