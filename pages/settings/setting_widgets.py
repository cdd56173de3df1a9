"""Widgets of settings: one for each, in step with a PageState. What they hold goes into its `values`."""

import streamlit as st

from pages.settings.page_state import PageState

OWN = "own"
OWN_SETTINGS = "Your own settings"
SIGMAS = (1e-5, 1e-4, 1e-3, 3e-3, 0.01, 0.03, 0.1, 0.3, 1.0)


def preset_menu(state: PageState):
    """The presets as a menu. It has a new key for each name it shows, so that its value is never written from here: a browser
    that has not yet heard of a new name would send the old one back, as if the learner had chosen it."""
    page = state.page
    name = page.preset_of(state.settings) or OWN
    options = [*page.presets, *([OWN] if name == OWN else [])]
    key = state.key("preset", f"_{name}")

    def chosen():
        picked = st.session_state.get(key)
        if picked in page.presets and picked != name:
            state.take(vars(page.with_preset(page.kind(**state.values), picked)))
            state.touch()

    st.selectbox(
        "Start from",
        options,
        index=options.index(name),
        format_func=lambda each: OWN_SETTINGS if each == OWN else page.words.PRESETS[each],
        key=key,
        help=page.words.HELP["preset"],
        on_change=chosen,
    )


def applies(state: PageState, name: str) -> bool:
    return state.page.applies(name, state.settings)


def widget(state: PageState, name: str, make, **options):
    """Draw a setting's widget. Its value goes in as the default: one put into the session state reaches no browser that has
    missed the run that put it there."""
    words = state.page.words
    options.setdefault("value", state.values[name])
    state.values[name] = make(words.LABELS[name], key=state.key(name), help=words.HELP[name], on_change=state.touch, **options)


def choice(state: PageState, name: str, options=None, told=None):
    """One of the setting's choices. told: value → its name, where the words do not say it."""
    words = state.page.words
    options = options or state.page.fields[name].choices
    state.values[name] = st.selectbox(
        words.LABELS[name],
        options,
        options.index(state.values[name]),
        format_func=told or (lambda value: words.CHOICES.get(value, value)),
        key=state.key(name),
        help=words.HELP[name],
        on_change=state.touch,
    )


def bounded(state: PageState, name: str, make, **options):
    """A widget of a number, from the least to the most that the setting may be."""
    field = state.page.fields[name]
    number = int if field.kind == "int" else float
    widget(state, name, make, min_value=number(field.low), max_value=number(field.high), **options)


def sigma(state: PageState):
    """σ of the first weights, a few magnitudes to choose from."""
    options = sorted({*SIGMAS, state.values["std"]})
    widget(state, "std", st.select_slider, options=options, format_func=lambda value: f"{value:g}")


def decay(state: PageState):
    widget(state, "lr_decay", st.slider, min_value=state.page.fields["lr_decay"].low, max_value=1.0, step=0.01)
