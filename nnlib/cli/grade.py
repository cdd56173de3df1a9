"""`python -m nnlib grade`: checks the hand-ins of a class, and writes them as one CSV for the gradebook."""

import argparse
import sys
from pathlib import Path

from nnlib.classroom.grades import check, grades, to_csv
from nnlib.cli.arguments import BadArguments, Commands, add_json, output_file
from nnlib.cli.progress import print_event
from nnlib.support.atomic import write_atomically
from nnlib.support.server_secret import path_of_secret


def add_command(commands: Commands) -> None:
    """Add `grade` to the commands."""
    parser = commands.add_parser("grade", help="check the hand-ins of a class, and write one CSV for the gradebook")
    parser.add_argument("folder", type=_folder, metavar="FOLDER", help="with the hand-ins, also in folders below it")
    parser.add_argument("--output", required=True, type=output_file, metavar="CSV", help="the file to write")
    parser.add_argument("--class", dest="class_name", metavar="NAME", help="refuse the hand-ins of other classes")
    add_json(parser)
    parser.set_defaults(command=_grade)


def _folder(path):
    if not Path(path).is_dir():
        raise argparse.ArgumentTypeError(f"there is no folder {path}.")
    return Path(path)


def _grade(options):
    if not path_of_secret().is_file():
        raise BadArguments(
            f"{path_of_secret()} does not exist, the key that signed the hand-ins: run this on the server, with its NNLIB_RUNS."
        )
    path_of_secret().read_bytes()  # raises OSError where another user has it
    output = Path(options.output).resolve()
    paths = [path for path in sorted(options.folder.rglob("*")) if path.is_file() and path.resolve() != output]
    files = [check(str(path.relative_to(options.folder)), path.read_bytes(), options.class_name) for path in paths]
    with write_atomically(output) as file:
        file.write(to_csv(files).encode())
    refused = [each for each in files if each.problem]
    for each in refused:
        if options.json:
            print_event({"event": "refused", "file": each.name, "problem": each.problem})
        else:
            print(f"{each.name}: {each.problem}", file=sys.stderr)
    students, hand_ins = len(grades(files)), len(files) - len(refused)
    if options.json:
        print_event({"event": "result", "students": students, "hand_ins": hand_ins, "refused": len(refused)})
    else:
        print(f"Students: {students}. Hand-ins: {hand_ins}. Files refused: {len(refused)}. Written: {options.output}")
    return 0
