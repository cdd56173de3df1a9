"""The settings of Depth: those of one network and of the report's table in one, so that a change serves both."""

from dataclasses import fields, replace

from nnlib.mlp_experiment import MLP_PRESETS, DepthTable, MlpExperiment
from pages.shared import depth_texts
from pages.shared.page_settings import PageSettings
from pages.shared.part_on_view import PARAMETER
from pages.shared.report_figures import BY_DEPTH, BY_EPOCH, share

LAST_SEED = DepthTable.FIELDS["seed"].high
# What a network is trained on, and by which luck: no part of what makes a network the report's.
CIRCUMSTANCES = ("device", "seed")


def _applies(name, settings):
    if name == "std":
        return settings.init == "normal"
    if name == "lr_decay":
        return settings.schedule == "decay"
    if name == "precision":
        return settings.device not in ("cpu", "mps")
    return True


def _mend(settings):
    """A link may name a depth twice, or seeds beyond the last."""
    depths, messages = tuple(sorted(set(settings.depths))), []
    if len(depths) < len(settings.depths):
        messages.append("The link names a depth twice; it is trained once.")
    seeds = min(settings.seeds, LAST_SEED - settings.seed + 1)
    if seeds < settings.seeds:
        messages.append(f"The link asks for seeds beyond {LAST_SEED:,}; these are left out.")
    return replace(settings, depths=depths, seeds=seeds), messages


DEPTH = PageSettings(
    "depth",
    DepthTable,
    MLP_PRESETS,
    depth_texts,
    _applies,
    _mend,
    left=CIRCUMSTANCES,
    left_by={"report": ("depth",)},  # the report tried it with one to four
    beside=(PARAMETER,),
)


def one_network(settings: DepthTable) -> MlpExperiment:
    """The network of the depth slider."""
    return MlpExperiment(**{field.name: getattr(settings, field.name) for field in fields(MlpExperiment)})


def of_the_table(settings: DepthTable) -> DepthTable:
    """The table's settings: its own depths count, whatever the slider says."""
    return replace(settings, depth=DEPTH.default.depth)


def reference(settings: DepthTable) -> dict | None:
    """What the report measured with these settings, as the live view takes it; None where it measured nothing."""
    preset = DEPTH.preset_of(settings)
    if preset == "report-best":
        return {"label": "the report", "val_accuracy": [share(accuracy) for accuracy in BY_EPOCH], "final": None}
    final = dict(BY_DEPTH).get(settings.depth)
    if preset == "report" and final is not None:
        return {"label": "the report", "val_accuracy": None, "final": share(final)}
    return None


def differences(settings: DepthTable) -> list[str]:
    """Names of the settings in which the networks of a table are not the report's."""
    settings, report = DEPTH.tidy(settings), DEPTH.tidy(DEPTH.default)
    open_ = {*CIRCUMSTANCES, "depth", "depths", "seeds", "precision"}
    return [name for name in DEPTH.fields if name not in open_ and getattr(settings, name) != getattr(report, name)]
