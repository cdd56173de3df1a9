"""The components of a class: their modules in browser/ talk to the routes of the class, without Streamlit."""

from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from nnlib.classroom.texts import NAME, PSEUDONYM
from pages.classroom.membership import member, redeem, show_refusal, teacher
from pages.ui.base_path import base_path
from pages.ui.browser_modules import MODULES, modules_path

WATCHED = "class_watch"
FOLDER = Path(__file__).parent / "browser"

SCRIPT = """
export default function (component) {{
  import(`${{{modules}}}/class-view/{module}`)
    .then((found) => found.mount(component))
    .catch((error) => console.warn(`The class could not be loaded (${{error.message}}).`));
}}
"""


def _component(name, html):
    return st.components.v2.component(
        f"backprop_lab_class_{name}",
        html=html,
        css=(FOLDER / f"{name}.css").read_text(encoding="utf-8"),
        js=SCRIPT.format(modules=MODULES, module=f"{name}.js"),
    )


# Another tab of this browser has joined a class or left one: this one asks who it is now.
WATCH = """
let latest = null;
addEventListener("storage", async ({ key }) => {
  if (key !== "backprop-lab-class") return;
  const address = new URL(`${latest.data.base}/class/ticket`, location.origin);
  const answer = await fetch(address, { method: "POST", body: "{}" }).catch(() => null);
  if (answer?.ok) latest.setTriggerValue("ticket", (await answer.json()).ticket);
});
export default (component) => {
  latest = component;
};
"""

_watch = st.components.v2.component("backprop_lab_class_watch", js=WATCH)
_bar = _component("bar", '<div class="bar" role="region" aria-label="Class"></div>')
_form = _component("form", '<div class="place"></div>')


def class_bar() -> None:
    """Draw the bar of a class on every page of whoever is in one, and notice when the browser comes into one."""
    with st.container(key="unseen_class_watch"):
        _watch(key=WATCHED, data={"base": base_path()}, on_ticket_change=_redeem)
    if member() or teacher():
        show_refusal()
        with st.container(key="class_bar"):
            _bar(key="class_bar_component", data={"base": base_path(), "modules": modules_path()})


def _redeem():
    if ticket := st.session_state[WATCHED].ticket:
        redeem(ticket)


def opening_form() -> None:
    """Draw the form by which a teacher opens a class. It also takes the secret of a teacher's link."""
    name = _field("name", "Name of the class", longest=NAME)
    _form(key="class_opening", data=_data("open", "Open a class", "teach", [name], secret=True))


def joining_form(code: str) -> None:
    """Draw the form by which a student joins. code: what the link says, or ""."""
    fields = [_field("code", "Code", code, longest=20, capitals=True), PSEUDONYM_FIELD]
    _form(key="class_joining", data=_data("join", "Join", "", fields))


def joining_form_of_assignment(token: str) -> None:
    """Draw the form by which a student joins the class of an assignment, and comes back to it."""
    data = _data("join", "Join", f"hand_in?{urlencode({'assignment': token})}", [PSEUDONYM_FIELD])
    _form(key="class_joining", data=data | {"beside": {"assignment": token}})


def _field(name, label, value="", *, longest, capitals=False) -> dict[str, Any]:
    return {"name": name, "label": label, "value": value, "longest": longest, "capitals": capitals}


PSEUDONYM_FIELD = _field("pseudonym", "Pseudonym", longest=PSEUDONYM)


def _data(action, button, then, fields, secret=False) -> dict[str, Any]:
    return {
        "base": base_path(), "modules": modules_path(), "action": action, "button": button, "then": then, "fields": fields,
        "secret": secret,
    }  # fmt: skip
