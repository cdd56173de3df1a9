"""`python -m nnlib export`: a run as a file of its own."""

import subprocess
import sys
from pathlib import Path

from nnlib.cli.arguments import (
    BadArguments,
    Commands,
    add_json,
    add_preset,
    add_settings,
    given_settings,
    output_file,
    settings_of,
)
from nnlib.cli.progress import print_event
from nnlib.experiment.presets import PRESETS
from nnlib.experiment.settings import Experiment
from nnlib.export import PROGRAMS, Recipe
from nnlib.runs.store import RunFolder
from nnlib.runs.take_home import FORMS
from nnlib.support.atomic import write_atomically


def add_command(commands: Commands) -> None:
    """Add `export` to the commands."""
    parser = commands.add_parser("export", help="write a run, or the training that settings describe, as a file of its own")
    parser.add_argument(
        "run", nargs="?", metavar="RUN", help="the id of a run, as in its link; otherwise the settings below count"
    )
    parser.add_argument("--as", dest="form", choices=FORMS, required=True, help="what the file is: see docs/command-line.md")
    parser.add_argument("--output", metavar="FILE", type=output_file, required=True, help="the file to write")
    add_preset(parser, PRESETS)
    add_settings(parser, Experiment)
    add_json(parser)
    parser.set_defaults(command=_export)


def _export(options):
    try:
        content = _of_settings(options) if options.run is None else FORMS[options.form].of_run(_run(options))
    except ValueError as error:
        raise BadArguments(error) from None
    with write_atomically(Path(options.output)) as file:
        file.write(content)
    if options.json:
        print_event({"event": "result", "output": options.output})
    else:
        print(f"{options.output} is written.")
    return 0


def _of_settings(options):
    settings = settings_of(options, Experiment, PRESETS)
    if options.form in PROGRAMS:
        return PROGRAMS[options.form](Recipe.of(settings)).encode()
    settings.load()  # raises DataError: the worker's own errors are events for a server
    run = RunFolder.create(settings.to_dict())
    try:
        program = [sys.executable, "-m", "nnlib", "run", str(run.path)]
        with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as worker:
            worker.wait()
        return FORMS[options.form].of_run(run)
    finally:
        run.delete()


def _run(options):
    if options.preset or given_settings(options, Experiment):
        raise BadArguments("A run has its own settings: name the run or settings, not both.")
    folder = RunFolder.find(options.run)
    if folder is None:
        raise BadArguments(f"There is no run {options.run!r} here: see the link of the run, and NNLIB_RUNS.")
    return folder
