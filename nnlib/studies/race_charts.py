"""The figures of a race of samplers as Altair charts, made from its settings and finished trials."""

import math

import altair as alt

from nnlib.studies.axes import AXES
from nnlib.studies.charts import ACCURACY, EDGE, number, shades
from nnlib.studies.race_findings import Searches, finds
from nnlib.studies.race_settings import RACE_AXES, RaceSettings
from nnlib.studies.study_settings import DRAWN_AT_FIRST, SAMPLER_NAMES, SAMPLERS
from nnlib.support.colours import BLUE, GREEN, GREY, VERMILION
from nnlib.support.number_text import percent

TITLES = {sampler: name[0].upper() + name[1:] for sampler, name in SAMPLER_NAMES.items()}
COLOURS = {"grid": BLUE, "random": VERMILION, "tpe": GREEN}
DASHES = {"grid": [2, 2], "random": [1, 0], "tpe": [8, 4]}
SHOWN = 0.15  # of accuracy below the best, where the lines separate
MARGIN = 0.02  # above the best, and below the worst of the three at the end
ROOM = 0.3  # of the axis, after the last trial, for the names of the lines
TICKS = 7
GAP = 0.07  # of the height, between two names
MOST_NUMBERED = 36  # with more trials, the numbers are too small to read
SHADES = 0.5  # of accuracy below the best: worse points have the same colour


def best_so_far(settings: RaceSettings, searches: Searches) -> alt.TopLevelMixin:
    """Draw the best accuracy so far of each search against its trials, as a named line."""
    rows, ends = [], []
    for sampler in SAMPLERS:
        best = 0.0
        for done, record in enumerate(searches.get(sampler, ()), start=1):
            best = max(best, record.val_accuracy)
            rows.append({"search": TITLES[sampler], "trials": done, "accuracy": best})
        if best:
            ends.append(rows[-1])
    low, high = _zoom(ends)
    ends = _parted(ends, GAP * (high - low), low)
    x = alt.X(
        "trials:Q", title="trials done", scale=alt.Scale(domain=[0, settings.trials * (1 + ROOM)], nice=False),
        axis=alt.Axis(format="d", values=_ticks(settings.trials)),
    )  # fmt: skip
    scale = alt.Scale(domain=[low, high], nice=False)
    y = alt.Y("accuracy:Q", title=f"best {ACCURACY} so far", axis=alt.Axis(format=".3~%"), scale=scale)
    named = alt.Scale(domain=[*TITLES.values()], range=[*COLOURS.values()])
    colour = alt.Color("search:N", scale=named, legend=None)
    dash = alt.StrokeDash("search:N", scale=alt.Scale(domain=[*TITLES.values()], range=[*DASHES.values()]), legend=None)
    lines = (
        alt.Chart()
        .mark_line(interpolate="step-after", strokeWidth=3, clip=True)
        .encode(x=x, y=y, color=colour, strokeDash=dash)
    )
    names = alt.Chart(alt.Data(values=ends)).mark_text(align="left", dx=8, fontWeight="bold", fontSize=13)
    names = names.encode(x=x, y=alt.Y("place:Q", scale=scale), text=alt.Text("search:N"), color=colour)
    alone = [end for end in ends if end["trials"] == 1]  # a line of one trial has no length
    dots = alt.Chart(alt.Data(values=alone)).mark_circle(size=60, opacity=1).encode(x=x, y=y, color=colour)
    return alt.layer(*_until_drawn(settings, x), lines, dots, names, data=alt.Data(values=rows))


def _zoom(ends):
    """Return the ends of the axis of accuracy. The bad trials at the start of a line are left out."""
    if not ends:
        return 0.0, 1.0
    accuracies = [end["accuracy"] for end in ends]
    low = min(max(accuracies) - SHOWN, min(accuracies) - MARGIN)
    return max(0.0, low), min(1.0, max(accuracies) + MARGIN)


def _parted(ends, gap, low):
    """Return the ends of the lines, each with a `place` for its name: near the end, and at least `gap` from the others."""
    found, place = [], math.inf
    for end in sorted(ends, key=lambda end: -end["accuracy"]):
        place = max(min(end["accuracy"], place - gap), low)
        found.append({**end, "place": place})
    return found


def _ticks(trials):
    """Return whole numbers up to the last trial, few enough for a phone."""
    step = next(step for step in (1, 2, 5, 10, 20) if trials / step < TICKS)
    return [*range(0, trials + 1, step)]


def _until_drawn(settings, x):
    """Mark the trial after which TPE no longer draws at random."""
    if settings.trials <= DRAWN_AT_FIRST:
        return []
    here = alt.Chart(alt.Data(values=[{"trials": DRAWN_AT_FIRST}])).encode(x=x)
    return [
        here.mark_rule(color=GREY, strokeDash=[3, 3]),
        here.mark_text(fontSize=12, color=GREY, y="height", dy=-8, dx=6, align="left", text="from here TPE uses its results"),
    ]


def plane(settings: RaceSettings, searches: Searches, sampler: str) -> alt.TopLevelMixin:
    """Draw the trials of one search on the plane, numbered in order and coloured by accuracy, on one scale for all searches.

    Ticks along both axes show how many different values were tried.
    """
    across, up = (AXES[name] for name in RACE_AXES)
    values = settings.study(sampler).values
    rows = [
        {
            "x": record.params[across.name], "y": record.params[up.name], "trial": record.number + 1,
            "accuracy": record.val_accuracy, "best": record.number + 1 == _best_of(searches, sampler),
        }
        for record in searches.get(sampler, ())
    ]  # fmt: skip
    x, y = (
        alt.X("x:Q", title=across.title, scale=_span(across, values)),
        alt.Y("y:Q", title=up.title, scale=_span(up, values), axis=alt.Axis(values=_powers(values[up.name]), format="~g")),
    )
    colour, ink = shades([record.val_accuracy for records in searches.values() for record in records], SHADES)
    numbered = settings.trials <= MOST_NUMBERED
    tooltip = [
        alt.Tooltip("trial:Q"), alt.Tooltip("x:Q", title=across.title), alt.Tooltip("y:Q", title=up.title, format=".3g"),
        alt.Tooltip("accuracy:Q", title=ACCURACY, format=".1%"),
    ]  # fmt: skip
    base = alt.Chart().encode(x=x, y=y, order=alt.Order("trial:Q"))
    size = 330 if numbered else 110
    points = base.mark_circle(size=size, opacity=1, stroke=GREY, strokeWidth=1).encode(color=colour, tooltip=tooltip)
    ring = base.transform_filter("datum.best").mark_point(
        size=2 * size, color=VERMILION, strokeWidth=3, opacity=1, filled=False
    )
    beside = alt.Chart().mark_tick(orient="horizontal", color=GREY, thickness=1.5, size=9).encode(x=alt.XValue(5), y=y)
    below = alt.Chart().mark_tick(orient="vertical", color=GREY, thickness=1.5, size=9, y="height", yOffset=-5).encode(x=x)
    layers = [beside, below, points, ring]
    if numbered:
        layers.append(base.mark_text(size=12).encode(text=alt.Text("trial:Q"), color=ink))
    return alt.layer(*layers, data=alt.Data(values=rows))


def _best_of(searches, sampler):
    return next((find.trials for find in finds(searches) if find.sampler == sampler), None)


def _span(axis, values):
    ends = [values[axis.name][0], values[axis.name][-1]]
    return alt.Scale(type="log" if axis.log else "linear", domain=ends, nice=False, padding=EDGE)


def _powers(values):
    """Return the powers of ten between the ends of an axis."""
    low, high = math.log10(values[0]), math.log10(values[-1])
    return [float(f"1e{power}") for power in range(math.ceil(low - 1e-9), math.floor(high + 1e-9) + 1)]


def described(searches: Searches, sampler: str) -> str:
    """Describe a plane for screen readers."""
    records = searches.get(sampler, ())
    if not records:
        return f"Hidden size against learning rate, no trial of {TITLES[sampler]} yet."
    best = max(records, key=lambda record: record.val_accuracy)
    at = ", ".join(f"{AXES[name].title} {number(best.params[name])}" for name in RACE_AXES)
    return (
        f"{TITLES[sampler]}: {len(records)} trials on the plane of hidden size and learning rate. The best, trial "
        f"{records.index(best) + 1}, has {percent(best.val_accuracy)} at {at}."
    )
