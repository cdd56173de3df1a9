"""Settings in the address bar: what a link says, and how it is read back. Knows nothing of Streamlit.

A link names only what differs from the defaults, by the names of nnlib.experiment.FIELDS. Text that means nothing never
raises: each such setting falls back to its default, with one sentence that says so.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlencode

from nnlib.data import DATASETS
from nnlib.experiment import FIELDS, Experiment

RUN_ID = re.compile(r"[A-Za-z0-9_-]{8,128}")
DEFAULT = Experiment()


def applies(name: str, experiment: Experiment) -> bool:
    """Whether the setting matters at all, given the others."""
    entry = DATASETS[experiment.dataset]
    if name == "points":
        return entry.upload
    if name == "noise":
        return entry.noise is not None
    if name == "train_share":
        return entry.kind == "2d"
    if name in ("standardise", "flips"):
        return entry.kind == "image"
    if name == "std":
        return experiment.init == "normal"
    if name == "lr_decay":
        return experiment.schedule == "decay"
    return True


def tidy(experiment: Experiment) -> Experiment:
    """The same experiment, every setting that does not apply at its default, so that equal experiments are equal links."""
    idle = {name: getattr(DEFAULT, name) for name in FIELDS if not applies(name, experiment)}
    if experiment.noise == DATASETS[experiment.dataset].noise:
        idle["noise"] = None  # the data set's own
    return replace(experiment, **idle)


def link_parameters(experiment: Experiment, run: str | None = None) -> dict[str, str]:
    """The parameters of a link to the experiment, and to a run of it."""
    experiment = tidy(experiment)
    values = {name: getattr(experiment, name) for name in FIELDS}
    parameters = {name: _text(value) for name, value in values.items() if value != getattr(DEFAULT, name)}
    return parameters | ({"run": run} if run else {})


def query_string(experiment: Experiment) -> str:
    """What stands after the question mark of a link to the experiment."""
    return urlencode(link_parameters(experiment), safe=",")


def read_link(parameters: Mapping[str, str]) -> tuple[Experiment, str | None, list[str]]:
    """The experiment and the run id that a link names, and a sentence for each thing in it that means nothing.

    Never raises for any text.
    """
    values, messages = {}, []
    run = parameters.get("run") or None
    if run and not RUN_ID.fullmatch(run):
        messages.append("The link's run is not the name of a run, so no run is shown.")
        run = None
    for name, text in parameters.items():
        if name == "run":
            continue
        if name not in FIELDS:
            messages.append(f"“{_clip(name)}” in the link is not a setting and was left out.")
            continue
        try:
            values[name] = Experiment.parse(name, text)
        except ValueError as error:
            messages.append((name, str(error).rstrip(".")))
    experiment = Experiment(**values)
    if experiment.dataset == "points" and experiment.points is None:
        messages.append("The link asks for points without naming them: upload their CSV file.")
    sentences = [
        message
        if isinstance(message, str)
        else f"{message[1]}. The default is used instead: {_told(getattr(experiment, message[0]))}."
        for message in messages
    ]
    return experiment, run, sentences


def _text(value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return ",".join(map(str, value)) or "none"
    return repr(value) if isinstance(value, float) else str(value)


def _told(value) -> str:
    return "its own" if value is None else _text(value)


def _clip(text: str) -> str:
    plain = "".join(c if c.isprintable() else "?" for c in text)
    return plain if len(plain) <= 40 else plain[:40] + "…"
