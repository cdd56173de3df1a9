"""The settings of Train."""

from nnlib.data import DATASETS
from nnlib.experiment.presets import PRESETS
from nnlib.experiment.settings import Experiment
from nnlib.runs.kinds import KINDS
from pages.settings.page_settings import PageSettings
from pages.train.one_step.choice import PARAMETERS
from pages.train.words import ABOUT_PRESETS, PRESET_TITLES

LIVE = KINDS["train"].changeable  # set in the live view, not by widgets
SET_IN_VIEW = ("hidden", "seed", "data_seed")  # also chosen in the live view
DEFAULT_POINT = {"2d": "spiral", "image": "digits"}  # presets that suit a kind of data
LIMIT = Experiment().iterations  # steps of a run that needs an end, or gets one


def may_be_open(experiment: Experiment) -> bool:
    """Whether a run may go on until the learner stops it. Images take long and are tested; a cosine falls to its end."""
    return DATASETS[experiment.dataset].kind == "2d" and experiment.schedule != "cosine"


def _open(experiment):
    return experiment.having(iterations=None) if may_be_open(experiment) else experiment


def with_limit(experiment: Experiment) -> Experiment:
    """Return the settings, with a limit of iterations where a run needs one."""
    return experiment.having(iterations=LIMIT) if experiment.iterations is None and not may_be_open(experiment) else experiment


def _correct(experiment):
    missing = experiment.dataset == "points" and experiment.points is None
    return experiment, ["The link asks for points without naming them: upload or draw them."] if missing else []


def _implied(experiment):
    return {"noise": DATASETS[experiment.dataset].noise} | ({} if may_be_open(experiment) else {"iterations": LIMIT})


OPEN_PRESETS = {name: _open(preset) for name, preset in PRESETS.items()}
TRAIN = PageSettings(
    "train", Experiment, OPEN_PRESETS, PRESET_TITLES, ABOUT_PRESETS, _correct, _implied,
    other_parameters=PARAMETERS, first=OPEN_PRESETS["spiral"],
)  # fmt: skip


def with_dataset(values: dict, dataset: str) -> dict:
    """The settings with another data set. From points to images, or back, training starts from settings that suit the new
    kind of data: raw photographs and points of a plane need learning rates a hundred times apart."""
    before, after = DATASETS[values["dataset"]], DATASETS[dataset]
    values = {**values, "dataset": dataset}
    if after.noise is not None:
        values["noise"] = after.noise
    suits = next(
        (preset for preset in OPEN_PRESETS.values() if preset.dataset == dataset), OPEN_PRESETS[DEFAULT_POINT[after.kind]]
    )
    if before.kind != after.kind or "cifar10" in (before.name, after.name):
        for name in (*LIVE, "init", "std", "schedule", "lr_decay", "iterations", "hidden"):
            values[name] = getattr(suits, name)
    return values
