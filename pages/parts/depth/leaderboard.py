"""Part 4: the networks that this machine has trained to their end, the best first."""

from collections import defaultdict
from dataclasses import dataclass, replace
from html import escape
from urllib.parse import urlencode

import streamlit as st

from nnlib.data import DATASETS
from nnlib.mlp_experiment import IMAGE_SETS, MLP_PRESETS, MlpExperiment
from nnlib.runs.leaderboard import entries
from pages.shared.base_path import base_path
from pages.shared.depth_settings import CIRCUMSTANCES, DEPTH, one_network
from pages.shared.depth_texts import PRESETS, tricks
from pages.shared.figures_table import Row, figures_table
from pages.shared.settings_url import link_parameters

TALLEST = 560  # pixels, of a long list
LEFT = "<div style='text-align:left'>{}</div>"
HEADS = (
    "Rank", LEFT.format("Network"), "Right on validation", "on test", "Epochs", "Time", LEFT.format("Device"),
    LEFT.format("How"),
)  # fmt: skip
CAPTION = "Trained on this machine, the best first"
READ = (
    "Choose by validation. What the test images say counts only once the choice is made: who chooses by them has learned from "
    "them. Networks that differ in seed and device alone share a row, and the best of them stands for all; the best of many is "
    "partly luck."
)


@dataclass(frozen=True)
class Line:
    """Networks with equal settings, whatever their device and seed.

    experiment  the settings of the best
    best        its entry, or None of a preset that has never been run
    count       how many there are
    """

    experiment: MlpExperiment
    best: dict | None
    count: int


def leaderboard():
    dataset = st.segmented_control(
        "Data set",
        IMAGE_SETS,
        format_func=lambda name: DATASETS[name].title.partition(",")[0],
        default=next(iter(IMAGE_SETS)),
        required=True,
        key="leaderboard_dataset",
        persist_state="session",
        help="Only networks that learned the same images can be compared.",
    )
    lines = lines_of(entries(), dataset)
    if not any(line.best for line in lines):
        st.markdown("No network has learned these images here yet. Train one on the part “Experiment”, and it is listed.")
    if lines:
        rows = [_row(rank if line.best else None, line) for rank, line in enumerate(lines, start=1)]
        st.html(figures_table("leaderboard", rows, HEADS, CAPTION, tallest=TALLEST))
    st.caption(READ)


def lines_of(found: list[dict], dataset: str) -> list[Line]:
    """The lines of the table, best first, from entries that are sorted so; presets that never ran come last."""
    groups = defaultdict(list)
    for entry in found:
        experiment = MlpExperiment.from_dict(entry["settings"])
        if experiment.dataset == dataset:
            groups[_alike(experiment)].append((experiment, entry))
    lines = [Line(*same[0], len(same)) for same in groups.values()]
    waiting = [preset for preset in MLP_PRESETS.values() if preset.dataset == dataset and _alike(preset) not in groups]
    return lines + [Line(preset, None, 0) for preset in waiting]


def _alike(experiment):
    """The experiment with what does not set two networks apart at its default."""
    default = DEPTH.default
    circumstances = {name: getattr(default, name) for name in CIRCUMSTANCES}
    return one_network(DEPTH.tidy(replace(_table_of(experiment), **circumstances, widths=experiment.hidden)))


def _table_of(experiment):
    """The page's settings with this experiment in them."""
    return DEPTH.kind(**{name: getattr(experiment, name) for name in experiment.FIELDS})


def _row(rank, line):
    experiment = line.experiment
    called = _network(experiment)
    address = f"{base_path()}/depth?{urlencode(link_parameters(DEPTH, _table_of(experiment)), safe=',')}"
    link = f'<a href="{escape(address.rstrip("?"))}" style="color:inherit" title="Open these settings">{called}</a>'
    aside = [PRESETS[name] for name, each in MLP_PRESETS.items() if _alike(each) == _alike(experiment)]
    aside += [f"the best of {line.count}"] * (line.count > 1)
    network = _words(link + "".join(f"<br><small>{each}</small>" for each in aside), 8)
    return Row(str(rank or "–"), [network, *_figures(line), _words(escape(tricks(experiment)), 14)])


def _words(html, least):
    """A cell that wraps. least: its width in rem, at least."""
    return f'<div style="text-align:left;white-space:normal;min-width:{least}rem">{html}</div>'


def _figures(line):
    best = line.best
    if best is None:
        return ["<em>not run here yet</em>", "–", str(line.experiment.epochs), "–", "–"]
    done, asked = round(best["epochs"], 1), line.experiment.epochs
    return [
        f"<strong>{best['val_accuracy']:.1%}</strong>".replace("%", " %"),
        f"{best['test_accuracy']:.1%}".replace("%", " %"),
        f"{done:g} of {asked}" if done < asked else str(asked),
        duration(best["seconds"]),
        _words(escape(str(best["device"])), 7),
    ]


def _network(experiment):
    """Depth and widths: "3 layers of 2048", "4 layers: 50, 40, 30, 20"."""
    widths = experiment.hidden
    layers = f"{len(widths)} layer{'s' * (len(widths) > 1)}"
    return f"{layers} of {widths[0]}" if len({*widths}) == 1 else f"{layers}: {', '.join(map(str, widths))}"


def duration(seconds: float) -> str:
    """In the two units that say most: 21 s, 1 min 52 s, 2 h 5 min."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if not minutes:
        return f"{rest} s"
    return f"{minutes} min {rest} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
