"""The results of a study as files: a CSV table, or an HTML page that works without the app and offline."""

import csv
import io
import json
import re
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from nnlib.studies.axes import AXES
from nnlib.studies.records import COMPLETE, TrialRecord
from nnlib.studies.study_settings import StudySettings
from nnlib.studies.verdicts import verdicts
from nnlib.support.atomic import write_atomically
from nnlib.support.csv_cell import as_text
from nnlib.support.number_text import number_text, percent

if TYPE_CHECKING:  # it imports Optuna
    from nnlib.studies.stored_study import StoredStudy

END = r"<\\/\1"  # the same string in JavaScript, but not the end of a script element
STYLE = """
:root { color-scheme: light; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem;
  color: #222; background: #fff; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.2rem; margin-top: 2rem; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { text-align: right; padding: .2rem .7rem; border-bottom: 1px solid #ddd; } th { text-align: left; }
td.text { text-align: left; } .wide { overflow-x: auto; } .chart { width: 100%; } .verdict { font-weight: 600; }
"""


def to_csv(settings: StudySettings, records: Sequence[TrialRecord]) -> str:
    """Return the finished trials as CSV, with a header."""
    columns = ["number", "state", *settings.vary, "val_accuracy", "test_accuracy"]
    columns += [f"{of}_accuracy_seed_{settings.seed + k}" for of in ("val", "test") for k in range(settings.seeds)]
    columns += ["diverged", "seconds", "worker"]
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(columns)
    for record in records:
        each = [_padded(of, settings.seeds) for of in (record.val_accuracies, record.test_accuracies)]
        table.writerow(
            [
                record.number, record.state, *(record.params[name] for name in settings.vary), record.val_accuracy,
                "" if record.test_accuracy is None else record.test_accuracy,
                *each[0], *each[1], record.diverged, record.seconds, as_text(record.worker),
            ]
        )  # fmt: skip
    return text.getvalue()


def _padded(accuracies, count):
    return [*accuracies, *[""] * (count - len(accuracies))]


def write_csv(stored: "StoredStudy", path: str) -> None:
    """Write the finished trials of a stored study as CSV. Raises OSError."""
    with write_atomically(Path(path)) as file:
        file.write(to_csv(stored.settings, stored.finished()).encode())


def write_html(stored: "StoredStudy", path: str) -> None:
    """Write the page of a stored study. Raises OSError."""
    with write_atomically(Path(path)) as file:
        file.write(to_html(stored.name, stored.settings, stored.finished(), stored.importances()).encode())


def to_html(name: str, settings: StudySettings, records: Sequence[TrialRecord], importances: dict | None) -> str:
    """Return one page with settings, figures, verdicts and all finished trials. It contains the scripts that it needs."""
    from nnlib.studies import charts

    drawn = []  # (kind, title, chart)
    if records:
        drawn.append(("Validation accuracy", charts.best_of(records), charts.figure(settings, records)))
        drawn.append(("Learning curves", "How the best networks learned", charts.learning_curves(settings, records)))
    if charts.shows_lines(settings, records):
        found = charts.where_lines_meet(settings, records)
        drawn.append(("Parallel coordinates", found, charts.parallel_coordinates(settings, records)))
    if importances:
        drawn.append(("Bars of importance", "Which settings matter", charts.importance_bars(importances)))
    parts = [f"<h1>The study {escape(name)}</h1>", f"<p>{len(records)} of {settings.trials} trials are finished.</p>"]
    for place, (_, title, _) in enumerate(drawn):
        parts.append(f'<h2>{escape(title)}</h2><div class="chart" id="chart-{place}"></div>')
    parts += ["<h2>The report's claims</h2>", _verdicts(verdicts(settings, records))]
    parts += ["<h2>Settings</h2>", _settings(settings), "<h2>Trials</h2>", _trials(settings, records), _scripts(drawn)]
    body = "\n".join(parts)
    return (
        '<!doctype html>\n<html lang="en">\n<head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{escape(name)}</title><style>{STYLE}</style></head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def _verdicts(found):
    if not found:
        return "<p>The report claims nothing about these axes.</p>"
    items = (
        f'<li>{escape(verdict.claim)} <span class="verdict">{escape(verdict.verdict.capitalize())}.</span> '
        f"{escape(verdict.evidence)}</li>"
        for verdict in found
    )
    return f"<ul>{''.join(items)}</ul>"


def _settings(settings):
    """Return the table of the settings that have an effect. What varies is listed by its values alone."""
    shown = [
        (field.label, _text(field, value))
        for name, field in settings.FIELDS.items()
        if name not in settings.vary and settings.applies(name) and (value := getattr(settings, name)) not in ((), None)
    ]
    if "hidden" in settings.vary and len(settings.hidden) > 1:
        shown.append(("Hidden layers", f"{len(settings.hidden)}, each with as many units"))
    rows = (f'<tr><th>{escape(label)}</th><td class="text">{escape(text)}</td></tr>' for label, text in shown)
    return f'<div class="wide"><table>{"".join(rows)}</table></div>'


def _text(field, value):
    """Return the value of a setting as a reader knows it."""
    if isinstance(value, tuple):
        return ", ".join(_text(field, each) for each in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return field.title(value)
    return number_text(value, 15) if isinstance(value, float) else f"{value:,}"


def _trials(settings, records):
    from nnlib.studies.charts import number

    titles = ["trial", *(AXES[name].title for name in settings.vary), "validation", "seconds", "state"]
    head = "".join(f"<th>{escape(title)}</th>" for title in titles)
    rows = []
    for record in records:
        params = [number(record.params[name]) for name in settings.vary]
        cells = [str(record.number), *params, percent(record.val_accuracy, 2), f"{record.seconds:.1f}", record.state]
        rows.append("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>")
    table = f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table></div>'
    return f"{table}<p>{escape(tested(records))}</p>"


def tested(records: Sequence[TrialRecord]) -> str:
    """Return the test accuracy of the trial that validation chooses, in sentences; "" without complete trials.

    The others are not shown: to choose by test accuracy would make it as optimistic as the best validation accuracy is.
    """
    complete = [record for record in records if record.state == COMPLETE and record.test_accuracies]
    if not complete:
        return ""
    best = max(complete, key=lambda record: record.val_accuracy)
    return (
        f"Choose by validation accuracy: it chooses trial {best.number}. The test accuracy of this trial, "
        f"{percent(best.test_accuracy or 0)}, says what to expect on new data. Those of the others are not shown here: a "
        "choice by test accuracy would be too optimistic as well."
    )


def _scripts(drawn):
    """Return Vega and the charts as script elements, which only "</script" could end."""
    if not drawn:
        return ""
    import vl_convert

    specs = [
        chart.properties(width="container", height=320, description=f"{kind}. {title}.").to_dict()
        for kind, title, chart in drawn
    ]
    calls = f"{json.dumps(specs)}.forEach((spec, i) => vegaEmbed(`#chart-${{i}}`, spec, {{ actions: false }}));"
    scripts = (vl_convert.javascript_bundle(), calls)  # type: ignore[call-arg]  # all of Vega
    return "\n".join(f'<script type="module">{re.sub("</(script)", END, script, flags=re.I)}</script>' for script in scripts)
