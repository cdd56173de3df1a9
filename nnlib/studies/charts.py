"""A study's figures as Altair charts, from its settings and finished trials alone."""

import altair as alt

from nnlib.studies.axes import AXES
from nnlib.studies.records import COMPLETE

BLUE, ORANGE, BAND = "#0072b2", "#d55e00", "#009e73"  # Okabe-Ito
ACCURACY = "validation accuracy"
REPORT_RATES = (0.5e-3, 2e-3)
CELLS_WITH_TEXT = 8  # in a row of a heat map; in more there is no room
CURVES = 5  # of the best trials


def figure(settings, records):
    """The study's own figure: accuracy along its axis, a heat map over two, or else over the trials."""
    complete = [record for record in records if record.state == COMPLETE]
    if len(settings.vary) == 1:
        return _along_axis(settings, complete)
    if len(settings.vary) == 2 and settings.sampler == "grid":
        return _heat_map(settings, complete)
    return _over_trials(complete)


def best_of(settings, records):
    """The finding, as a title: where the accuracy is highest."""
    complete = [record for record in records if record.state == COMPLETE]
    if not complete:
        return "No trial is finished yet"
    best = max(complete, key=lambda record: record.val_accuracy)
    where = ", ".join(f"{AXES[name].title} {best.params[name]:,.4g}" for name in settings.vary)
    return f"{best.val_accuracy:.1%} at {where} is the best of {len(complete)} trials"


def _along_axis(settings, records):
    axis = AXES[settings.vary[0]]
    rows = [
        {
            "x": record.params[axis.name],
            "mean": record.val_accuracy,
            "low": min(record.val_accuracies),
            "high": max(record.val_accuracies),
        }
        for record in records
    ]
    scale = alt.Scale(type="log", nice=False) if axis.log else alt.Scale(zero=False, nice=False)
    x = alt.X("x:Q", title=axis.title, scale=scale)
    base = alt.Chart(alt.Data(values=rows)).encode(x=x)
    y = alt.Y("mean:Q", title=ACCURACY, axis=alt.Axis(format=".0%"), scale=alt.Scale(zero=False))
    told = [alt.Tooltip("x:Q", title=axis.title), alt.Tooltip("mean:Q", title=ACCURACY, format=".2%")]
    layers = [
        base.mark_rule(color=BLUE, opacity=0.6).encode(y=alt.Y("low:Q", title=ACCURACY), y2="high:Q"),
        base.mark_line(color=BLUE, opacity=0.4).encode(y=y),
        base.mark_circle(color=BLUE, size=60, opacity=1).encode(y=y, tooltip=told),
    ]
    if axis.name == "learning_rate" and settings.dataset == "cifar10":
        span = alt.Chart(alt.Data(values=[{"low": REPORT_RATES[0], "high": REPORT_RATES[1]}]))
        layers.insert(0, span.mark_rect(color=BAND, opacity=0.15).encode(x=alt.X("low:Q", title=axis.title), x2="high:Q"))
    return alt.layer(*layers)


def _heat_map(settings, records):
    across, up = (AXES[name] for name in settings.vary)
    rows = [
        {"x": record.params[across.name], "y": record.params[up.name], "accuracy": record.val_accuracy} for record in records
    ]
    base = alt.Chart(alt.Data(values=rows)).encode(
        x=alt.X("x:O", title=across.title), y=alt.Y("y:O", title=up.title, sort="descending")
    )
    values = [row["accuracy"] for row in rows] or [0, 1]
    middle = (min(values) + max(values)) / 2
    colour = alt.Color(
        "accuracy:Q", title=ACCURACY, scale=alt.Scale(scheme="cividis"), legend=alt.Legend(format=".0%", orient="bottom")
    )
    ink = alt.condition(alt.datum.accuracy > middle, alt.value("black"), alt.value("white"))
    told = [alt.Tooltip("x:O", title=across.title), alt.Tooltip("y:O", title=up.title)]
    told.append(alt.Tooltip("accuracy:Q", title=ACCURACY, format=".2%"))
    cells = base.mark_rect().encode(color=colour, tooltip=told)
    if len({row["x"] for row in rows}) > CELLS_WITH_TEXT:
        return cells
    return cells + base.mark_text(size=10).encode(text=alt.Text("accuracy:Q", format=".1%"), color=ink)


def _over_trials(records):
    best, rows = 0.0, []
    for record in sorted(records, key=lambda record: record.number):
        best = max(best, record.val_accuracy)
        rows.append({"trial": record.number, "accuracy": record.val_accuracy, "best": best})
    base = alt.Chart(alt.Data(values=rows)).encode(x=alt.X("trial:Q", title="trial"))
    y = {"axis": alt.Axis(format=".0%"), "scale": alt.Scale(zero=False), "title": ACCURACY}
    points = base.mark_circle(color=BLUE, size=50).encode(y=alt.Y("accuracy:Q", **y))
    return points + base.mark_line(color=ORANGE, interpolate="step-after").encode(y=alt.Y("best:Q", **y))


def learning_curves(settings, records):
    """Validation accuracy over the steps of the first network of the best few trials."""
    complete = sorted((r for r in records if r.state == COMPLETE), key=lambda record: -record.val_accuracy)[:CURVES]
    rows = [
        {"step": step, "accuracy": accuracy, "trial": f"{record.number}: {_params(record)}"}
        for record in complete
        for step, _, accuracy in record.curves[0]
    ]
    legend = alt.Legend(title="trial", orient="bottom", columns=1, labelLimit=300)
    return (
        alt.Chart(alt.Data(values=rows))
        .mark_line()
        .encode(
            x=alt.X("step:Q", title="step"),
            y=alt.Y("accuracy:Q", title=ACCURACY, axis=alt.Axis(format=".0%"), scale=alt.Scale(zero=False)),
            color=alt.Color("trial:N", legend=legend, scale=alt.Scale(range=[BLUE, ORANGE, BAND, "#cc79a7", "#e69f00"])),
            strokeDash=alt.StrokeDash("trial:N", legend=legend),
        )
    )


def importance_bars(importances):
    """A bar for each axis: its share of what moves the accuracy."""
    rows = [{"axis": AXES[name].title, "share": share} for name, share in importances.items()]
    return (
        alt.Chart(alt.Data(values=rows))
        .mark_bar(color=BLUE)
        .encode(
            x=alt.X("share:Q", title="importance, share", axis=alt.Axis(format=".0%")), y=alt.Y("axis:N", title=None, sort="-x")
        )
    )


def _params(record):
    return ", ".join(f"{AXES[name].title} {value:,.4g}" for name, value in record.params.items())
