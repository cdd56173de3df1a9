"""Settings in the address bar: writing and reading links. It does not import Streamlit.

A link names only what differs from the defaults, by the names of the settings' FIELDS. Invalid text never
raises: each such setting falls back to its default, with one sentence that says so.
"""

import re
from collections.abc import Mapping
from urllib.parse import urlencode

from nnlib.support.settings import Settings
from pages.settings.page_settings import PageSettings
from pages.ui.plain_text import clip

NAME, LONGEST_NAME = "name", 80  # what somebody called the experiment; a run's name is as long at most
RUN_ID = re.compile(r"[A-Za-z0-9_-]{8,128}")


def link_parameters(page: PageSettings, settings: Settings, run: str | None = None) -> dict[str, str]:
    """The parameters of a link to the settings, and to a run of them."""
    default = page.default.by_name
    parameters = {name: _text(value) for name, value in page.tidy(settings).by_name.items() if value != default[name]}
    return parameters | ({"run": run} if run else {})


def query_string(page: PageSettings, settings: Settings) -> str:
    """What stands after the question mark of a link to the settings."""
    return urlencode(link_parameters(page, settings), safe=",")


def read_link(page: PageSettings, parameters: Mapping[str, str]) -> tuple[Settings, str | None, list[str]]:
    """The settings and the run id that a link names, and a sentence for each invalid part.

    Never raises for any text.
    """
    values, messages, mistaken = {}, [], []
    run = parameters.get("run") or None
    if run and not RUN_ID.fullmatch(run):
        messages.append("The link's run is not the name of a run, so no run is shown.")
        run = None
    for name, text in parameters.items():
        if name in ("run", NAME) or name in page.other_parameters:
            continue
        if name not in page.fields:
            messages.append(f"“{clip(name)}” in the link is not a setting and was left out.")
            continue
        try:
            values[name] = page.kind.parse(name, text)
        except ValueError as error:
            mistaken.append((name, str(error).rstrip(".")))
    settings, corrections = page.correct(page.default.having(**values))
    used = settings.by_name
    replaced = [
        f"{error}. The default is used instead: {page.fields[name].none if used[name] is None else _text(used[name])}."
        for name, error in mistaken
    ]
    return settings, run, [*messages, *replaced, *corrections]


def read_name(parameters: Mapping[str, str]) -> str:
    """What a link calls its experiment, on one line, or ""."""
    name = " ".join(parameters.get(NAME, "").split())[:LONGEST_NAME]
    return name if name.isprintable() else ""


def _text(value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "none"
    if isinstance(value, tuple):
        return ",".join(map(str, value)) or "none"
    return repr(value) if isinstance(value, float) else str(value)
