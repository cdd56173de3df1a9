"""What the live page remembers of one visitor: the settings, the run on view, and what it last wrote into the address bar.

The address bar is the source when it changes under the page's feet (a link, a reload, the back button); the widgets are the
source when one of them was moved. Widgets that do not apply disappear and Streamlit forgets their values, so `values` keeps
them.
"""

from dataclasses import dataclass, field

import streamlit as st

from nnlib.data import DATASETS
from nnlib.experiment import FIELDS, Experiment
from nnlib.presets import PRESETS
from pages.shared.settings_url import link_parameters, read_link, tidy

KEY = "train"
LIVE = ("learning_rate", "reg", "batch_size")  # set in the live view, not by widgets
DEFAULT_POINT = {"2d": "spiral", "image": "digits"}  # presets that suit a kind of data


@dataclass
class TrainState:
    values: dict
    run: str | None = None
    written: dict = field(default_factory=dict)  # the address bar's parameters as this page last wrote them
    revision: int = 0  # counts changes that the live view must take over
    touched: bool = False  # a widget was moved: what the address bar says is older
    messages: list = field(default_factory=list)  # about the link that was opened

    @property
    def experiment(self) -> Experiment:
        return tidy(Experiment(**self.values))

    def take(self, experiment: Experiment):
        """Make these the settings: of the page, of every widget, and of the live view."""
        self.values = {name: getattr(experiment, name) for name in FIELDS}
        if experiment.noise is None:
            self.values["noise"] = DATASETS[experiment.dataset].noise
        self.revision += 1
        for name in FIELDS:
            st.session_state.pop(widget_key(name), None)
        for key in [key for key in st.session_state if str(key).startswith(widget_key("hidden"))]:
            del st.session_state[key]

    def touch(self):
        self.touched = True
        self.messages = []


def widget_key(name: str) -> str:
    return f"set_{name}"


def train_state() -> TrainState:
    """The state of this visit, in step with the address bar."""
    state = st.session_state.get(KEY)
    parameters = {name: st.query_params[name] for name in st.query_params}
    if state is None:
        state = st.session_state[KEY] = TrainState(values={})
        _read(state, parameters)
    elif parameters != state.written and not state.touched and not _came_back_to(state, parameters):
        _read(state, parameters)
    state.touched = False
    return state


def _came_back_to(state, parameters):
    """Whether the visitor comes from another page to an address that names no other experiment: then the run stays on view."""
    if st.session_state.get("came_from") == st.session_state.get("page"):
        return False
    experiment, run, _ = read_link(parameters)
    return run is None and (not parameters or tidy(experiment) == state.experiment)


def _read(state, parameters):
    experiment, state.run, state.messages = read_link(parameters)
    state.take(experiment)


def write_address(state: TrainState):
    """Make the address bar say what the page shows."""
    parameters = link_parameters(state.experiment, state.run)
    if {name: st.query_params[name] for name in st.query_params} != parameters:
        st.query_params.from_dict(parameters)
    state.written = parameters


def matching_preset(experiment: Experiment) -> str | None:
    """The key of the preset that these settings are, if any."""
    return next((key for key, preset in PRESETS.items() if tidy(preset) == experiment), None)


def choose_dataset(state: TrainState, dataset: str):
    """Change the data set. From points to images, or back, training starts from settings that suit the new kind of data:
    raw photographs and points of a plane need learning rates a hundred times apart."""
    before, after = DATASETS[state.values["dataset"]], DATASETS[dataset]
    values = {**state.values, "dataset": dataset}
    if after.noise is not None:
        values["noise"] = after.noise
    suits = next((preset for preset in PRESETS.values() if preset.dataset == dataset), PRESETS[DEFAULT_POINT[after.kind]])
    if before.kind != after.kind or "cifar10" in (before.name, after.name):
        for name in (*LIVE, "init", "std", "schedule", "lr_decay", "iterations", "hidden"):
            values[name] = getattr(suits, name)
    state.take(Experiment(**values))
    state.touch()
