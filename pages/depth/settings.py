"""The settings of Depth: those of one network and of the report's table in one, so that a change serves both."""

from dataclasses import replace

from nnlib.deep.settings import MLP_PRESETS, DepthTable
from pages.depth.words import ABOUT_PRESETS, PRESET_TITLES
from pages.lesson.part_on_view import PARAMETER
from pages.settings.page_settings import PageSettings
from pages.ui.report_figures import BY_DEPTH, BY_EPOCH, share

LAST_SEED = DepthTable.FIELDS["seed"].high
# What does not count when settings are compared with the report's: where it is trained, chance, and what is measured besides.
CIRCUMSTANCES = ("device", "seed", "train_mode")


def _correct(settings):
    """A link may name a depth twice, or seeds beyond the last."""
    depths, messages = tuple(sorted(set(settings.depths))), []
    if len(depths) < len(settings.depths):
        messages.append("The link names a depth twice; it is trained once.")
    seeds = min(settings.seeds, LAST_SEED - settings.network.seed + 1)
    if seeds < settings.seeds:
        messages.append(f"The link asks for seeds beyond {LAST_SEED:,}; these are left out.")
    return replace(settings, depths=depths, seeds=seeds), messages


DEPTH = PageSettings(
    "depth",
    DepthTable,
    MLP_PRESETS,
    PRESET_TITLES,
    ABOUT_PRESETS,
    _correct,
    not_in_presets=CIRCUMSTANCES,
    not_in_preset={"report": ("depth",)},  # the report tried it with one to four
    other_parameters=(PARAMETER,),
)


def of_the_table(settings: DepthTable) -> DepthTable:
    """The table's settings: its own depths count, whatever the slider says. It has no convolutional networks."""
    return settings.having(depth=DEPTH.default.network.depth, channels=())


def references() -> list[dict]:
    """What the report measured, and the settings it did so with, as the live view takes them."""
    found = [("report-best", DEPTH.default, {"val_accuracy": [share(accuracy) for accuracy in BY_EPOCH], "final": None})]
    for depth, accuracy in BY_DEPTH:
        found.append(("report", DEPTH.default.having(depth=depth), {"val_accuracy": None, "final": share(accuracy)}))
    return [
        {"label": "the report", "settings": _that_matter(DEPTH.with_preset(settings, preset)), **measured}
        for preset, settings, measured in found
    ]


def _that_matter(settings):
    values = DEPTH.tidy(settings).network.to_dict()
    return {name: value for name, value in values.items() if name not in {*CIRCUMSTANCES, "precision"}}


def differences(settings: DepthTable) -> list[str]:
    """Names of the settings in which the networks of a table are not the report's."""
    settings, report = DEPTH.tidy(settings).network.by_name, DEPTH.tidy(DEPTH.default).network.by_name
    open_ = {*CIRCUMSTANCES, "depth", "precision"}
    return [name for name in settings if name not in open_ and settings[name] != report[name]]
