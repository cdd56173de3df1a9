"""The parser of the whole command line, and what its exit codes mean.

0: done. 1: failed. 2: bad arguments, with one line on stderr that says which. 130: interrupted with Ctrl-C; the result so far
is printed, and --save writes the network. With --json every line of output is one JSON object; the last one is
{"event": "result", …}.
"""

import sys
from collections.abc import Sequence

from nnlib.cli import data, depth, devices, doctor, export, grade, mission, run, runs, study, train
from nnlib.cli.arguments import BadArguments, OneLineParser
from nnlib.data import DataError
from nnlib.runs.environment import check_environment
from nnlib.support.extras import EXTRAS, missing_extra


def main(arguments: Sequence[str] | None = None) -> int:
    """Execute one command.

    Parameters
    ----------
    arguments : sequence of str, optional
        The command and its options; those of the process by default.

    Returns
    -------
    int
        The exit code.

    Raises
    ------
    SystemExit
        With the code 2 for bad arguments, and with 0 after --help.
    """
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        check_environment()
    except ValueError as error:
        parser.error(str(error))
    try:
        return options.command(options)
    except BrokenPipeError:  # nobody reads the output any more
        sys.stderr.close()
        return 1
    except BadArguments as error:
        parser.error(str(error))
    except (DataError, OSError) as error:
        print(f"{parser.prog}: {error}", file=sys.stderr)
        return 1
    except ModuleNotFoundError as error:
        if error.name not in EXTRAS:
            raise
        print(f"{parser.prog}: {missing_extra(error.name)}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _parser() -> OneLineParser:
    parser = OneLineParser(prog="nnlib", description="Train and study fully connected neural networks from the command line.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for module in (train, depth, study, export, mission, data, devices, runs, grade, doctor, run):
        module.add_command(commands)
    return parser
