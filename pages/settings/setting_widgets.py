"""Widgets of settings: one for each, in step with a PageState. What they hold goes into its `values`."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

import streamlit as st

from pages.settings.page_state import PageState
from pages.ui.plain_text import plain

OWN = "own"
OWN_SETTINGS = "Your own settings"
FEW = 100  # values of a slider


def preset_menu(state: PageState) -> None:
    """The presets as a menu. It has a new key for each name it shows, so that its value is never written from here: a browser
    that has not yet received a new name would send the old one back, as if the learner had chosen it."""
    page = state.page
    name = _preset(state)
    options = [*page.presets, *([OWN] if name == OWN else [])]
    key = state.key("preset", f"_{name}")

    def chosen():
        picked = st.session_state.get(key)
        if picked in page.presets and picked != _preset(state):
            state.take(page.with_preset(page.default.having(**state.values), picked).by_name)
            state.touch()

    st.selectbox(
        "Start from",
        options,
        index=options.index(name),
        format_func=lambda each: OWN_SETTINGS if each == OWN else page.titles[each],
        key=key,
        help=page.about,
        on_change=chosen,
    )


def _preset(state):
    return state.page.preset_of(state.settings) or OWN


def group_widgets(state: PageState, group: str, special: Mapping | None = None, without: Collection = ()) -> None:
    """The widgets of all settings of a group that apply, in the order of their declaration.

    special  name → what draws the widget instead, called with the state
    without  names of settings that are drawn elsewhere
    """
    for name, field in state.page.fields.items():
        if field.group == group and name not in without and state.settings.applies(name):
            if special and name in special:
                special[name](state)
            else:
                setting_widget(state, name)


def setting_widget(state: PageState, name: str) -> None:
    """The widget that suits the kind of a setting."""
    field = state.page.fields[name]
    if field.kind == "choice":
        choice(state, name)
    elif field.kind == "bool":
        widget(state, name, st.toggle)
    elif field.marks:
        options = sorted({*field.marks, state.values[name]})
        widget(state, name, st.select_slider, options=options, format_func=lambda value: f"{value:g}")
    elif field.kind in ("int", "float"):
        bounded(state, name)
    else:
        numbers(state, name)


def widget(state: PageState, name: str, make: Callable[..., Any], **options: Any) -> None:
    """Draw a setting's widget. Its value goes in as the default: one put into the session state reaches no browser that has
    missed the run that put it there."""
    field = state.page.fields[name]
    options.setdefault("value", state.values[name])
    state.values[name] = make(field.label, key=state.key(name), help=field.help, on_change=state.touch, **options)


def choice(
    state: PageState, name: str, options: Sequence[str] | None = None, title: Callable[[str], str] | None = None
) -> None:
    """One of the setting's choices. options: those to offer, default all; title: choice → text, default the field's."""
    field = state.page.fields[name]
    options = options or field.choices
    state.values[name] = st.selectbox(
        field.label,
        options,
        options.index(state.values[name]),
        format_func=title or field.title,
        key=state.key(name),
        help=field.help,
        on_change=state.touch,
    )


def bounded(state: PageState, name: str, make: Callable[..., Any] | None = None) -> None:
    """A number, from the least to the most that the setting may be: by default a slider where these are few values."""
    field = state.page.fields[name]
    number = int if field.kind == "int" else float
    make = make or (st.slider if (field.high - field.low) / field.step <= FEW else st.number_input)
    options = {"format": "%g"} if number is float and make == st.number_input else {}
    step = number(field.step)
    widget(state, name, make, min_value=number(field.low), max_value=number(field.high), step=step, **options)


def numbers(state: PageState, name: str) -> None:
    """Several numbers, as they are typed."""
    field, key = state.page.fields[name], state.key(name)
    now = ", ".join(map(str, state.values[name]))
    typed = st.text_input(field.label, now, max_chars=80, key=key, help=field.help, on_change=state.touch)
    try:
        state.values[name] = field.parse(name, re.sub(r"[\s,;]+", ",", typed.strip(" ,;")))
    except ValueError:
        refuse(state, f"{field.label}: type {field.allowed}.")


def layer_activations(state: PageState, names: Iterable[str]) -> None:
    """A toggle, and where it is on, an activation for each layer. names: those that the layers have now."""
    field = state.page.fields["activations"]
    own = st.toggle(
        field.label, bool(state.values["activations"]), key=state.key("activations"), help=field.help, on_change=state.touch
    )
    state.values["activations"] = tuple(
        st.selectbox(
            f"Layer {i + 1}",
            field.choices,
            field.choices.index(name),
            format_func=field.title,
            key=state.key("activations", f"_{i}"),
            help=state.page.fields["activation"].help,
            on_change=state.touch,
        )
        for i, name in enumerate(names)
        if own
    )


def refuse(state: PageState, message: str) -> None:
    """Show what is wrong with the input of the widget above. Nothing can be started until it is corrected."""
    st.error(plain(message))
    state.problem = message.removesuffix(".")
