"""What the live page remembers of one visitor: the settings, the run on view, and what it last wrote into the address bar.

The address bar is the source when a link, a reload or the browser's back button brought the visitor here; at every other run
of the page the widgets are, and the address that the browser sends along may be older than what they say. Widgets that do not
apply disappear and Streamlit forgets their values, so `values` keeps them.
"""

from collections import Counter
from dataclasses import dataclass, field

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

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
    messages: list = field(default_factory=list)  # about the link that was opened
    generations: Counter = field(default_factory=Counter)  # how often the page itself has set each widget

    @property
    def experiment(self) -> Experiment:
        return tidy(Experiment(**self.values))

    def take(self, experiment: Experiment, but: str | None = None):
        """Make these the settings: of the page, of the live view, and of every widget but one, which has its value already.

        A widget whose value changes becomes a new one. What the visitor did to the old one meanwhile, faster than the page
        runs, then means nothing, and the widgets and the link stay in step.
        """
        before = self.values
        self.values = {name: getattr(experiment, name) for name in FIELDS}
        if experiment.noise is None:
            self.values["noise"] = DATASETS[experiment.dataset].noise
        self.revision += 1
        self.generations.update(name for name in before if name != but and before[name] != self.values[name])

    def key(self, name: str, part: str = "") -> str:
        """The key of a setting's widget, or of one of its widgets."""
        return f"set_{name}{part}_{self.generations[name]}"

    def touch(self):
        """Something was changed by hand: what was wrong with the link no longer matters."""
        self.messages = []


def train_state() -> TrainState:
    """The state of this visit, in step with the address bar."""
    state = st.session_state.get(KEY)
    parameters = {name: st.query_params[name] for name in st.query_params}
    arrived = st.session_state.pop("arrived", False)
    if state is None:
        state = TrainState(values={})
        _read(state, parameters)
        st.session_state[KEY] = state
    elif parameters != state.written and (_went_through_history() or arrived and not _names_what_is_here(state, parameters)):
        _read(state, parameters)
    return state


def _went_through_history() -> bool:
    """Whether the browser's back or forward button caused this run of the page."""
    return bool(getattr(get_script_run_ctx(), "is_history_navigation", False))


def _names_what_is_here(state, parameters):
    """Whether an address means no other experiment than the page's: who comes to it from another page finds the run again."""
    experiment, run, _ = read_link(parameters)
    return run is None and (not parameters or tidy(experiment) == state.experiment)


def _read(state, parameters):
    experiment, state.run, state.messages = read_link(parameters)
    state.take(experiment)


def write_address(state: TrainState):
    """Make the address bar say what the page shows."""
    parameters = link_parameters(state.experiment, state.run)
    if parameters != state.written or {name: st.query_params[name] for name in st.query_params} != parameters:
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
    state.take(Experiment(**values), but="dataset")
    state.touch()
