"""The figures of a study as Altair charts, made from its settings and finished trials.

The axes of every chart are fixed before the first trial, so a chart fills in without moving. Each channel is an object, because
Altair takes 20 ms to make one from a string.
"""

import math
from collections.abc import Sequence

import altair as alt

from nnlib.studies.axes import AXES
from nnlib.studies.claims.learning_rate import REPORT_RATES
from nnlib.studies.records import COMPLETE, TrialRecord
from nnlib.studies.study_settings import StudySettings
from nnlib.support.colours import BLUE, GREEN, GREY, ORANGE, PURPLE, VERMILION
from nnlib.support.number_text import number_text, percent

COLOURS = [BLUE, VERMILION, GREEN, PURPLE, ORANGE]
ACCURACY = "validation accuracy"
CURVES = 5  # of the best trials
SHADES = 0.1  # of accuracy below the best: worse cells of a heat map have the same colour
LEGEND = alt.Legend(orient="bottom", format=".0%", titleLimit=400)
LEGEND_CHARACTERS = 36  # in a row of names, with room for their lines, on a phone
CELLS_WITH_TEXT = 8  # in a row of a heat map; with more there is no room
FEW = 4  # complete trials, below which lines through several axes show nothing
CLOSE = 0.5  # of an axis: trials that spread further do not point to a place on it
EDGE = 14  # pixels between the outermost points and the end of an axis


def figure(settings: StudySettings, records: Sequence[TrialRecord], picked: alt.Parameter | None = None) -> alt.TopLevelMixin:
    """Draw the accuracy along the axis of a study, as a heat map over two axes, or over the trials.

    `picked` is a selection of the field "trial", for charts whose points can be clicked.
    """
    complete = [record for record in records if record.state == COMPLETE]
    if len(settings.vary) == 1:
        return _along_axis(settings, complete, picked)
    if len(settings.vary) == 2 and settings.sampler == "grid":
        return _heat_map(settings, complete, picked)
    return _over_trials(settings, complete, picked)


def best_of(records: Sequence[TrialRecord]) -> str:
    """Return the best trial, as a title."""
    complete = [record for record in records if record.state == COMPLETE]
    if not complete:
        return "No trial is finished yet"
    best = _best(complete)
    trials = f"{len(complete)} trial{'s' * (len(complete) > 1)}"
    return f"{percent(best.val_accuracy)} at {point_text(best.params)} is the best of {trials}"


def point_text(params: dict) -> str:
    """Return a point in words."""
    return ", ".join(
        f"{number(value)} iterations" if name == "iterations" else f"{AXES[name].title} {number(value)}"
        for name, value in params.items()
    )


def number(value: float) -> str:
    """Return a value of an axis as text: whole, or in three significant digits."""
    return f"{value:,}" if isinstance(value, int) else number_text(value, 3)


def _best(records):
    return max(records, key=lambda record: record.val_accuracy)


def _rows(records):
    """Return the data of the trials that all charts share."""
    best = _best(records) if records else None
    return [
        {
            "trial": record.number,
            "accuracy": record.val_accuracy,
            "low": min(record.val_accuracies),
            "high": max(record.val_accuracies),
            "point": point_text(record.params),
            "best": record is best,
        }
        for record in records
    ]


TOOLTIP = [
    alt.Tooltip("trial:Q"),
    alt.Tooltip("point:N"),
    alt.Tooltip("accuracy:Q", title=ACCURACY, format=".2%"),
    alt.Tooltip("low:Q", title="lowest of the networks", format=".2%"),
    alt.Tooltip("high:Q", title="highest", format=".2%"),
]


def _accuracy(rows, name="accuracy"):
    scale = alt.Scale(zero=False) if rows else alt.Scale(domain=[0, 1])
    return alt.Y(f"{name}:Q", title=ACCURACY, axis=alt.Axis(format=".3~%"), scale=scale)


def _pickable(chart, picked):
    return chart if picked is None else chart.add_params(picked)


def _ring(base):
    """Marks the best trial."""
    chosen = base.transform_filter("datum.best")
    return chosen.mark_point(color=VERMILION, size=220, strokeWidth=2.5, filled=False)


def _spread(base, rows):
    """Draw a line from the worst to the best network of each point."""
    return base.mark_rule(color=BLUE, opacity=0.7, strokeWidth=2).encode(y=_accuracy(rows, "low"), y2=alt.Y2("high:Q"))


def _decades(low, high):
    """Return 1, 2 and 5 times the powers of ten from `low` to `high`."""
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    values = [float(f"{digit}e{power}") for power in powers for digit in (1, 2, 5)]
    return [value for value in values if low <= value <= high]


def _along_axis(settings, records, picked):
    axis = AXES[settings.vary[0]]
    values = settings.values[axis.name]
    rows = [{**row, "x": record.params[axis.name]} for row, record in zip(_rows(records), records)]
    scale = alt.Scale(type="log" if axis.log else "linear", domain=[values[0], values[-1]], nice=False, padding=EDGE)
    ticks = alt.Axis(values=_decades(*scale.domain)) if axis.log else alt.Axis()
    x = alt.X("x:Q", title=axis.title, scale=scale, axis=ticks)
    base = alt.Chart().encode(x=x)
    y = _accuracy(rows)
    layers = [_spread(base, rows)]
    if settings.sampler == "grid":
        layers.append(base.mark_line(color=BLUE, opacity=0.7).encode(y=y))
    layers.append(_pickable(base.mark_circle(color=BLUE, size=90, opacity=1).encode(y=y, tooltip=TOOLTIP), picked))
    layers.append(_ring(base.encode(y=y)))
    if axis.name == "learning_rate" and settings.dataset == "cifar10":
        low, high = REPORT_RATES
        span = alt.Chart(alt.Data(values=[{"low": low, "high": high, "middle": math.sqrt(low * high)}]))
        from_low = alt.X("low:Q", title=axis.title, scale=scale, axis=ticks)
        layers.insert(0, span.mark_rect(color=GREEN, opacity=0.15).encode(x=from_low, x2=alt.X2("high:Q")))
        layers.insert(
            1,
            span.mark_text(fontSize=12, color=GREEN, y=0, dy=-8, text="best in the report").encode(
                x=alt.X("middle:Q", scale=scale)
            ),
        )
    return alt.layer(*layers, data=alt.Data(values=rows))


def _heat_map(settings, records, picked):
    across, up = (AXES[name] for name in settings.vary)
    rows = [
        {**row, "x": record.params[across.name], "y": record.params[up.name]} for row, record in zip(_rows(records), records)
    ]
    columns, lines = (list(settings.values[axis.name]) for axis in (across, up))
    base = alt.Chart().encode(
        x=alt.X("x:O", title=across.title, scale=alt.Scale(domain=columns), axis=alt.Axis(labelAngle=0, labelOverlap=True)),
        y=alt.Y("y:O", title=up.title, scale=alt.Scale(domain=lines[::-1])),
    )
    colour, ink = shades([row["accuracy"] for row in rows], SHADES)
    every = alt.Data(values=[{"x": column, "y": line} for column in columns for line in lines])
    places = alt.Chart(every).mark_rect(filled=False, stroke=GREY, strokeOpacity=0.4).encode(base.encoding.x, base.encoding.y)
    cells = _pickable(base.mark_rect().encode(color=colour, tooltip=TOOLTIP), picked)
    ring = base.transform_filter("datum.best").mark_rect(filled=False, stroke=VERMILION, strokeWidth=4)
    layers = [places, cells, ring]
    if len(columns) <= CELLS_WITH_TEXT:
        layers.append(base.mark_text(size=12).encode(text=alt.Text("accuracy:Q", format=".1%"), color=ink))
    return alt.layer(*layers, data=alt.Data(values=rows))


def shades(accuracies: Sequence[float], deep: float) -> tuple:
    """Return the encodings of marks by accuracy, and of the text on them.

    Parameters
    ----------
    accuracies : sequence of float
        Of all marks.
    deep : float
        The range of accuracy below the best that has different colours. Worse marks are the darkest.
    """
    most = max(accuracies, default=1)
    worst = min(accuracies, default=most - deep)
    least = max(worst, most - deep)
    title = ACCURACY if least == worst else [ACCURACY, f"the darkest is {percent(least, 0)} and below"]
    scale = alt.Scale(scheme="cividis", domain=[least, most], clamp=True)
    light = {"test": f"datum.accuracy > {(least + most) / 2}", "value": "black"}
    ink = alt.ColorValue("white", condition=light)
    return alt.Color("accuracy:Q", title=title, scale=scale, legend=LEGEND), ink


def _over_trials(settings, records, picked):
    best, rows = 0.0, []
    for row in sorted(_rows(records), key=lambda row: row["trial"]):
        best = max(best, row["accuracy"])
        rows.append({**row, "so_far": best})
    scale = alt.Scale(domain=[0, max(settings.trials - 1, 1)], nice=False, padding=EDGE)
    base = alt.Chart().encode(x=alt.X("trial:Q", title="trial", scale=scale, axis=alt.Axis(format="d", tickMinStep=1)))
    points = _pickable(base.mark_circle(color=BLUE, size=90, opacity=1).encode(y=_accuracy(rows), tooltip=TOOLTIP), picked)
    line = base.mark_line(color=VERMILION, interpolate="step-after").encode(y=_accuracy(rows, "so_far"))
    return alt.layer(_spread(base, rows), line, points, _ring(base.encode(y=_accuracy(rows))), data=alt.Data(values=rows))


def learning_curves(settings: StudySettings, records: Sequence[TrialRecord]) -> alt.TopLevelMixin:
    """Draw the validation accuracy of the first network of each of the best trials."""
    complete = sorted((r for r in records if r.state == COMPLETE), key=lambda record: -record.val_accuracy)[:CURVES]
    points = {", ".join(map(number, record.params.values())): record.curves[0] for record in complete}
    return _curves(points, ", ".join(AXES[name].title for name in settings.vary))


def trial_curves(settings: StudySettings, record: TrialRecord) -> alt.TopLevelMixin:
    """Draw the validation accuracy of each network of one trial."""
    return _curves({str(settings.seed + k): curve for k, curve in enumerate(record.curves)}, "seed")


def _curves(curves, of):
    rows = [{"step": step, "accuracy": accuracy, "of": name} for name, curve in curves.items() for step, _, accuracy in curve]
    columns = max(1, min(3, LEGEND_CHARACTERS // max(map(len, curves), default=1)))
    legend = alt.Legend(orient="bottom", columns=columns, titleLimit=400)
    return (
        alt.Chart(alt.Data(values=rows))
        .mark_line()
        .encode(
            x=alt.X("step:Q", title="step"),
            y=alt.Y("accuracy:Q", title=ACCURACY, axis=alt.Axis(format=".3~%"), scale=alt.Scale(zero=False)),
            color=alt.Color("of:N", title=of, scale=alt.Scale(domain=[*curves], range=COLOURS), legend=legend),
            strokeDash=alt.StrokeDash("of:N", title=of, scale=alt.Scale(domain=[*curves]), legend=legend),
        )
    )


def importance_bars(importances: dict[str, float]) -> alt.TopLevelMixin:
    """Draw the importance of each axis as a bar."""
    rows = [{"axis": AXES[name].title, "share": share} for name, share in importances.items()]
    x = alt.X("share:Q", title="importance, share", axis=alt.Axis(format=".0%"))
    return alt.Chart(alt.Data(values=rows)).mark_bar(color=BLUE).encode(x=x, y=alt.Y("axis:N", title=None, sort="-x"))


def shows_lines(settings: StudySettings, records: Sequence[TrialRecord]) -> bool:
    """Whether parallel coordinates are useful: in a space of one's own with several axes, after a few trials."""
    complete = sum(record.state == COMPLETE for record in records)
    return settings.figure == "free" and len(settings.vary) > 1 and complete >= FEW


def where_lines_meet(settings: StudySettings, records: Sequence[TrialRecord]) -> str:
    """Return, as a title, on which axis the best quarter of the trials are closest together."""
    complete = sorted((record for record in records if record.state == COMPLETE), key=lambda record: -record.val_accuracy)
    best = complete[: max(2, len(complete) // 4)]
    spans = {}
    for name, values in settings.values.items():
        ends = [pick(record.params[name] for record in best) for pick in (min, max)]
        low, high = (_place(end, values[0], values[-1], AXES[name].log) for end in ends)
        spans[name] = (high - low, *ends)
    name = min(spans, key=lambda name: spans[name][0])
    width, low, high = spans[name]
    where = f"between {number(low)} and {number(high)}" if high > low else number(low)
    whose = f"The best {len(best)} of {len(complete)} trials"
    return f"{whose} have {AXES[name].title} {where}" if width <= CLOSE else f"{whose} are spread over every axis"


def parallel_coordinates(settings: StudySettings, records: Sequence[TrialRecord]) -> alt.TopLevelMixin:
    """Draw each trial as a line through its place on every axis to its accuracy. The lowest values are at the bottom."""
    complete = [record for record in records if record.state == COMPLETE]
    accuracies = [record.val_accuracy for record in complete] or [0.0, 1.0]
    least, most = min(accuracies), max(accuracies)
    columns = [(AXES[name].title, values[0], values[-1], AXES[name].log) for name, values in settings.values.items()]
    columns.append((ACCURACY, least, most, False))
    rows = []
    for row, record in zip(_rows(complete), complete):
        values = [*(record.params[name] for name in settings.vary), record.val_accuracy]
        for (title, low, high, log), value in zip(columns, values):
            rows.append({**row, "axis": title, "place": _place(value, low, high, log)})
    rows.sort(key=lambda row: row["accuracy"])  # the best are drawn last, on top
    ends = []
    for title, low, high, _ in columns:
        text = percent if title == ACCURACY else number
        ends += [
            {"axis": title, "end": 0, "place": -0.06, "text": text(low)},
            {"axis": title, "end": 1, "place": 1.06, "text": text(high)},
        ]
    titles = [title for title, *_ in columns]
    label = alt.Axis(labelAngle=0, labelOverlap=False, labelExpr="split(datum.label, ' ')")  # a word a line
    along = alt.Scale(domain=titles, type="point", padding=0.3)
    x = alt.X("axis:N", title=None, sort=titles, axis=label, scale=along)
    up = alt.Scale(domain=[-0.12, 1.12], nice=False)
    y = alt.Y("place:Q", axis=None, scale=up)
    scheme = alt.SchemeParams(name="cividis", extent=[0.35, 0.9])  # its ends have no contrast with a dark or a light background
    colour = alt.Color("accuracy:Q", title=ACCURACY, scale=alt.Scale(scheme=scheme), legend=LEGEND)
    lines = alt.Chart(alt.Data(values=rows)).mark_line(strokeWidth=2, opacity=0.8)
    lines = lines.encode(x=x, y=y, detail=alt.Detail("trial:N"), color=colour, tooltip=TOOLTIP)
    posts = alt.Chart(alt.Data(values=ends)).encode(x=x, detail=alt.Detail("axis:N"))
    posts = posts.mark_line(color=GREY).encode(y=alt.Y("end:Q", axis=None, scale=up))
    named = alt.Chart(alt.Data(values=ends)).mark_text(color=GREY, fontSize=12).encode(x=x, y=y, text=alt.Text("text:N"))
    return alt.layer(posts, lines, named)


def _place(value, low, high, log):
    """Return the place of a value on an axis, from 0 at its low end to 1 at its high end."""
    if log:
        value, low, high = math.log(value), math.log(low), math.log(high)
    return (value - low) / (high - low) if high > low else 0.5
