"""What the commands share: the parser, and options for settings."""

import argparse
from collections.abc import Mapping
from typing import NoReturn, TypeVar

from nnlib.support.settings import Settings

Kind = TypeVar("Kind", bound=Settings)
OPTION_NAMES = {"learning_rate": "lr", "learning_rate_values": "lr_values"}  # where the option is shorter than the setting
NETWORK_HELP = {  # the settings that `train` and `study` share
    "noise": "standard deviation of the noise on 2-D points, 0 to 0.5",
    "train_share": "share of the 2-D points used for training",
    "standardise": "divide the inputs by their standard deviation: true or false",
    "flips": "mirror training images at random: true or false",
    "hidden": "units of each hidden layer: 180 or 50,40,30; none for softmax regression",
    "activation": "activation function of the hidden units",
    "init": "initialiser of the weights (normal if --std is given)",
    "std": "standard deviation of the initialiser normal",
    "learning_rate": "learning rate η",
    "batch_size": "examples in a batch",
    "reg": "regularisation strength λ",
    "penalty": "l2 or l1",
    "optimiser": "sgd, momentum or adam",
    "schedule": "schedule of the learning rate (decay if --lr-decay is given)",
    "lr_decay": "factor on the learning rate after each epoch",
    "iterations": "training steps",
}


class OneLineParser(argparse.ArgumentParser):
    """argparse with one-line errors."""

    def error(self, message: str) -> NoReturn:
        """Print the message and exit with the code 2."""
        self.exit(2, f"{self.prog}: {message}\n")


class BadArguments(Exception):
    """The arguments are invalid. The message names the argument and what is allowed."""


def add_json(parser: argparse.ArgumentParser) -> None:
    """Add the option --json."""
    parser.add_argument("--json", action="store_true", help="print one JSON object a line")


def option_name(setting: str) -> str:
    """The option of a setting: learning_rate is --lr, batch_size is --batch-size."""
    return "--" + OPTION_NAMES.get(setting, setting).replace("_", "-")


def add_settings(parser: argparse.ArgumentParser, presets: Mapping[str, Settings], helps: Mapping[str, str]) -> None:
    """Add an option for every setting in `helps` (name → help text), and --preset."""
    parser.add_argument("--preset", choices=presets, help="settings to start from")
    for name, text in helps.items():
        parser.add_argument(option_name(name), dest=name, metavar="VALUE", help=text)


def settings_of(options: argparse.Namespace, kind: type[Kind], presets: Mapping[str, Kind]) -> Kind:
    """The settings that the options describe, on top of those of --preset. Raises BadArguments."""
    given = {name: text for name in kind.FIELDS if (text := getattr(options, name)) is not None}
    settings = presets[options.preset].to_dict() if options.preset else {}
    if "std" in given:
        settings["init"] = "normal"
    if "lr_decay" in given:
        settings["schedule"] = "decay"
    try:
        return kind.from_dict(settings | {name: kind.parse(name, text) for name, text in given.items()})
    except ValueError as error:
        raise BadArguments(error) from None
