"""What a page with settings remembers of one visitor: the settings, the runs, and what it last wrote into the address bar.

The address bar is the source when a link, a reload or the browser's back button brought the visitor here; at every other run
of the page the widgets are the source, because the address that the browser sends may be older. Widgets that do not
apply disappear and Streamlit forgets their values, so `values` keeps them.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import streamlit as st

from nnlib.support.settings import Settings
from pages.settings.page_settings import PageSettings
from pages.settings.settings_url import NAME, link_parameters, read_link, read_name
from pages.ui.address import note, page_opened, went_through_history
from pages.ui.plain_text import plain


@dataclass
class PageState:
    page: PageSettings
    values: dict = field(default_factory=dict)
    runs: dict = field(default_factory=dict)  # of each lab of the page: the id of its run, or None
    lab: str | None = None  # the one on view
    written: dict = field(default_factory=dict)  # the address bar's parameters as this page last wrote them
    revision: int = 0  # counts changes that the live view must take over
    messages: list = field(default_factory=list)  # about the link that was opened
    called: tuple[str, Settings | None] = ("", None)  # what the link calls its experiment, and its settings
    adopts: bool = False  # the link named a run and no settings: those of the run are to be shown
    opened: bool = True  # this run is the first one since the learner came to the page
    problem: str | None = None  # why nothing can be started: an input on screen is invalid; set by its widget in every run
    generations: Counter = field(default_factory=Counter)  # how often the page itself has set each widget

    @property
    def settings(self) -> Settings:
        return self.page.tidy(self.page.default.having(**self.values))

    @property
    def name(self) -> str:
        """What the link calls the present settings, or "": others are another experiment."""
        name, settings = self.called
        return name if settings == self.settings else ""

    @property
    def run(self) -> str | None:
        """The id of the run on view."""
        return self.runs.get(self.lab)

    @run.setter
    def run(self, run: str | None) -> None:
        if self.lab:
            self.runs[self.lab] = run

    def show_run(self, run: str | None) -> None:
        """Take over which run the learner has on view now."""
        self.run = run
        self.touch()

    @property
    def for_live_view(self) -> dict:
        """What every live view reads of the page's state (pages/live/live_view.py)."""
        return {"lab": self.lab, "revision": self.revision, "run": self.run, "adopt": self.adopts}

    def take(self, values: Mapping, but: str | None = None) -> None:
        """Set these values in the page, the live view, and every widget except `but`, which already has its value.

        A widget whose value changes becomes a new one. What the visitor did to the old one meanwhile, faster than the page
        runs, then means nothing, and the widgets and the link stay in step.
        """
        before = self.values
        settings = self.page.default.having(**{**before, **values})
        self.values = settings.by_name
        self.values |= {name: value for name, value in self.page.implied(settings).items() if self.values[name] is None}
        self.revision += 1
        self.generations.update(name for name in before if name != but and before[name] != self.values[name])

    def adopt(self, settings_from: Callable[[dict], Settings], received: dict, but: tuple = ()) -> None:
        """Copy a run's settings, `received` from the browser, to the page, except the names in `but`.

        Where the link named the run and no settings, what was wrong with the link stays on view.
        """
        if not self.adopts:
            self.touch()
        self.adopts = False
        try:
            settings = settings_from(received)
        except ValueError as error:
            self.messages = [*self.messages, str(error)]
        else:
            self.take({name: value for name, value in settings.by_name.items() if name not in but})

    def follow(self, parameters: Mapping[str, str]) -> None:
        """Take over the settings that the parameters of a link name. The run on view stays."""
        settings, _, self.messages = read_link(self.page, parameters)
        self.take(settings.by_name)
        self.touch()

    def key(self, name: str, part: str = "") -> str:
        """The key of a setting's widget, or of one of its widgets. No two pages, or parts of one, share any."""
        return f"set_{self.page.page}_{name}{part}_{self.generations[name]}"

    def touch(self) -> None:
        """Record that the learner changed a setting: what the link said is out of date."""
        self.messages, self.adopts = [], False
        note(None)


def page_state(page: PageSettings, lab: str | None, addressed: bool = True) -> PageState:
    """The state of this visit, in step with the address bar.

    lab        the one on view, None where no run is shown
    addressed  whether the address bar speaks of these settings, and not still of those of another part of the page
    """
    state = st.session_state.get(page.page)
    parameters = _own(page, st.query_params) if addressed else {}
    opened = page_opened(page.page)
    if state is None:
        state = st.session_state[page.page] = PageState(page, lab=lab)
        _read(state, parameters)
        return state
    state.lab, state.opened = lab, opened
    state.problem = None
    if (
        addressed
        and parameters != _own(page, state.written)
        and (went_through_history() or opened and not _names_what_is_here(state, parameters))
    ):
        _read(state, parameters)
    return state


def _own(page, parameters):
    return {name: parameters[name] for name in parameters if name not in page.other_parameters}


def _names_what_is_here(state, parameters):
    """Whether an address names the page's present settings, so that a returning visitor finds the run again."""
    settings, run, _ = read_link(state.page, parameters)
    return run is None and (not parameters or state.page.tidy(settings) == state.settings)


def _read(state, parameters):
    settings, state.run, state.messages = read_link(state.page, parameters)
    state.adopts = bool(state.run) and not parameters.keys() & state.page.fields.keys()
    state.take(settings.by_name)
    state.called = read_name(parameters), state.settings


def write_address(state: PageState, beside: Mapping[str, str] | None = None) -> None:
    """Write the page's state into the address, all at once: each write is one step of the browser's back button.

    beside: parameters that are not settings.
    """
    parameters = link_parameters(state.page, state.settings, state.run) | (beside or {})
    parameters |= {NAME: state.name} if state.name else {}
    if parameters != state.written or {name: st.query_params[name] for name in st.query_params} != parameters:
        st.query_params.from_dict(parameters)
    state.written = parameters


def show_name(state: PageState) -> None:
    """Draw what the link calls its experiment."""
    if state.name:
        with st.container(key="beside_live_name"):
            st.markdown(
                f":material/bookmark: **{plain(state.name)}**", help="What whoever made the link calls this experiment."
            )
