"""Part 4: the networks that this machine has trained, the best first."""

from collections import defaultdict
from dataclasses import dataclass, replace
from functools import lru_cache
from html import escape
from urllib.parse import urlencode

import streamlit as st

from nnlib.data import DATASETS
from nnlib.deep.settings import IMAGE_SETS, MLP_PRESETS, DepthTable, MlpExperiment
from nnlib.runs.kinds import layers_label
from nnlib.runs.leaderboard import entries, version
from nnlib.support.number_text import percent
from pages.depth.settings import CIRCUMSTANCES, DEPTH
from pages.depth.words import PRESET_TITLES, tricks
from pages.settings.settings_url import link_parameters
from pages.ui.base_path import base_path
from pages.ui.html_table import Cell, Html, Row, html_table, strong

MOST = 50  # rows; presets come beside
LEFT = "text-align:left"
HEADS = (
    "Rank", Cell("Network", LEFT), "Validation accuracy", "Test accuracy", "Epochs", "Time", Cell("Device", LEFT),
    Cell("How", LEFT),
)  # fmt: skip
CAPTION = "Trained on this machine, the best first"
# A phone has room for rank, network and validation: how it was trained stands below its name there.
STYLE = """<style>
[data-testid=leaderboard] .below { display: none; }
@media (max-width: 640px) {
  [data-testid=leaderboard] :is(th, td):nth-child(n + 4) { display: none; }
  [data-testid=leaderboard] .below { display: block; }
}
</style>"""
READ = (
    "Choose by validation accuracy. Use the test accuracy only after the choice: if you choose by it, it is too optimistic, "
    "as the best of many is partly luck. Networks that differ only in seed and device share a row, which shows the best of "
    "them. A network that was stopped is listed with its last results."
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


def leaderboard(on_page: str) -> None:
    """Draw the part. It opens on the data set of the page's settings, `on_page`."""
    dataset = st.segmented_control(
        "Data set",
        IMAGE_SETS,
        format_func=lambda name: DATASETS[name].title.partition(",")[0],
        default=on_page,
        required=True,
        key=f"leaderboard_dataset_{on_page}",
        persist_state="session",
        help="Only networks that were trained on the same images can be compared.",
    )
    lines = _lines(version(), dataset)
    if not any(line.best for line in lines):
        st.markdown("No network has been trained on these images here yet. Train one on the part “Experiment” to list it.")
    if lines:
        ranked = list(enumerate(lines, start=1))
        rows = [_row(rank if line.best else None, line) for rank, line in ranked if rank <= MOST or _preset(line.experiment)]
        st.html(STYLE + html_table("leaderboard", rows, HEADS, caption=CAPTION))
        if more := len(lines) - len(rows):
            st.caption(f"{more:,} more with a lower accuracy {'is' if more == 1 else 'are'} not shown.")
    st.caption(READ)


@st.cache_data(max_entries=4, show_spinner=False)
def _lines(version, dataset):
    """version: of the entries; it is the key of the cache."""
    return lines_of(entries(), dataset)


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


@lru_cache(maxsize=1000)
def _alike(experiment):
    """The experiment with what does not set two networks apart at its default."""
    default = DEPTH.default.by_name
    circumstances = {name: default[name] for name in CIRCUMSTANCES}
    return DEPTH.tidy(DepthTable(replace(experiment, **circumstances, widths=experiment.hidden))).network


def _row(rank, line):
    experiment = line.experiment
    called = _network(experiment)
    address = f"{base_path()}/depth?{urlencode(link_parameters(DEPTH, DepthTable(experiment)), safe=',')}"
    link = f'<a href="{escape(address.rstrip("?"))}" style="color:inherit" title="Open these settings">{escape(called)}</a>'
    preset, how = _preset(experiment), escape(tricks(experiment))
    aside = [PRESET_TITLES[preset]] if preset else []
    aside += [f"the best of {line.count}"] * (line.count > 1) + ["stopped"] * bool(line.best and line.best["stopped"])
    below = f'<small class="below">{how}</small>'
    network = _words(link + "".join(f"<br><small>{escape(each, quote=False)}</small>" for each in aside) + below, 8)
    return Row(str(rank or "–"), [network, *_figures(line), _words(how, 14)])


def _preset(experiment):
    """The name of the preset that the experiment is, or None."""
    return next((name for name, each in MLP_PRESETS.items() if _alike(each) == _alike(experiment)), None)


def _words(html, least):
    """A cell that wraps. least: its width in rem, at least."""
    return Html(f'<div style="text-align:left;white-space:normal;min-width:{least}rem">{html}</div>')


def _figures(line):
    best = line.best
    if best is None:
        return [Html("<em>not run here yet</em>"), "–", str(line.experiment.epochs), "–", "–"]
    done, asked = round(best["epochs"], 1), line.experiment.epochs
    return [
        strong(percent(best["val_accuracy"])),
        percent(best["test_accuracy"]),
        f"{done:g} of {asked}" if done < asked else str(asked),
        duration(best["seconds"]),
        _words(escape(str(best["device"])), 7),
    ]


def _network(experiment):
    """Depth and widths: "3 layers of 2048", "4 layers: 50, 40, 30, 20"."""
    hidden = experiment.hidden
    if experiment.channels:
        return f"convolutional: {', '.join(map(str, hidden))}"
    widths = hidden if len({*hidden}) > 1 else hidden[:1]
    layers = layers_label(experiment.depth, widths)
    return layers if len(widths) == 1 else f"{layers}: {', '.join(map(str, widths))}"


def duration(seconds: float) -> str:
    """In the two units that say most: 21 s, 1 min 52 s, 2 h 5 min."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if not minutes:
        return f"{rest} s"
    return f"{minutes} min {rest} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
