"""Experiments of an assignment: addresses of Train and Depth with settings, as “Copy link” gives them."""

from typing import Any
from urllib.parse import parse_qsl

from nnlib.data import DATASETS
from nnlib.runs.kinds import KINDS
from pages.depth.settings import DEPTH
from pages.settings.settings_url import read_link
from pages.train.settings import TRAIN

PAGES = {each.page: each for each in (TRAIN, DEPTH)}
LUCK = ("seed", "data_seed", "device")  # an experiment is the same with other ones


def _read(address):
    """The settings of the page, and those that the address names."""
    page, _, query = address.partition("?")
    return PAGES[page], read_link(PAGES[page], dict(parse_qsl(query)))[0]


def label_of(address: str) -> str:
    """A description of an experiment in a few words."""
    page, settings = _read(address)
    values = settings.by_name
    return f"{page.page.capitalize()}: {DATASETS[values['dataset']].title}, {KINDS[page.page].label(values, ())}"


def is_run_of(address: str, about: dict[str, Any]) -> bool:
    """Whether a run has the settings of an experiment, but for luck."""
    page, wanted = _read(address)
    if about["kind"] != page.page:
        return False
    try:
        trained = KINDS[page.page].settings.from_dict(about["settings"]).by_name
    except ValueError:  # of an older version
        return False
    return page.tidy(wanted.having(**{name: value for name, value in trained.items() if name not in LUCK})) == page.tidy(wanted)
