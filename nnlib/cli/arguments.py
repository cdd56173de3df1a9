"""What the commands share: the parser, and options for settings."""

import argparse
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import NoReturn, TypeAlias, TypeVar

from nnlib.support.settings import Settings

Kind = TypeVar("Kind", bound=Settings)


class OneLineParser(argparse.ArgumentParser):
    """argparse with one-line errors."""

    def error(self, message: str) -> NoReturn:
        """Print the message and exit with the code 2."""
        self.exit(2, f"{self.prog}: {message}\n")


# What `add_command` of each command adds its parser to.
Commands: TypeAlias = "argparse._SubParsersAction[OneLineParser]"


class BadArguments(Exception):
    """The arguments are invalid. The message names the argument and what is allowed."""


def add_json(parser: argparse.ArgumentParser) -> None:
    """Add the option --json."""
    parser.add_argument("--json", action="store_true", help="print one JSON object a line")


def output_file(path: str) -> str:
    """Check, as a type for argparse, that a file can be written there; the work that it is for begins later."""
    if not Path(path).parent.is_dir():
        raise argparse.ArgumentTypeError(f"there is no folder {Path(path).parent}: create it, or name another.")
    if Path(path).exists() and not Path(path).is_file():
        raise argparse.ArgumentTypeError(f"{path} is not an ordinary file: name another.")
    return path


def add_preset(parser: argparse.ArgumentParser, presets: Mapping[str, Settings]) -> None:
    """Add the option --preset."""
    parser.add_argument("--preset", choices=presets, help="settings to start from")


def add_settings(parser: argparse.ArgumentParser, kind: type[Settings], without: Collection[str] = ()) -> None:
    """Add an option for every setting of the class `kind`, but `without` these, under the heading of the setting's group."""
    headings = {}
    for name, field in kind.FIELDS.items():
        if name not in without:
            if field.group not in headings:
                headings[field.group] = parser.add_argument_group(field.group)
            implied = "".join(
                f" Implies {_option(kind, other)} {str(value).lower() if value != () else 'none'}."
                for other, value in kind.needed_by([name]).items()
            )
            text = f"{field.help} Allowed: {field.allowed}.{implied}".replace("%", "%%")
            headings[field.group].add_argument(_option(kind, name), dest=name, metavar="VALUE", help=text)


def _option(kind, name):
    return "--" + (kind.FIELDS[name].option or name).replace("_", "-")


def given_settings(options: argparse.Namespace, kind: type[Settings]) -> dict:
    """The settings that the options name, and the values that these need of others to have any effect. Raises ValueError."""
    given = {name: kind.parse(name, text) for name in kind.FIELDS if (text := getattr(options, name)) is not None}
    return kind.needed_by(name for name, value in given.items() if value is not False) | given  # to switch off needs nothing


def settings_of(options: argparse.Namespace, kind: type[Kind], presets: Mapping[str, Kind]) -> Kind:
    """The settings that the options describe, on top of those of --preset. Raises BadArguments."""
    settings = presets[options.preset].to_dict() if options.preset else {}
    try:
        return kind.from_dict(settings | given_settings(options, kind))
    except ValueError as error:
        raise BadArguments(error) from None
