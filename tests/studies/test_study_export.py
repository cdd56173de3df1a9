"""A study as a table and as a page."""

import csv
import io
import json
import re
from dataclasses import replace

import pytest

from nnlib.studies.charts import number, where_lines_meet
from nnlib.studies.export import to_csv, to_html
from tests.studies.studies_helpers import record, tiny


def some(settings):
    grid = [(size, rate) for size in settings.hidden_values for rate in settings.learning_rate_values]
    return [record(i, 0.5 + 0.01 * i, hidden=size, learning_rate=rate) for i, (size, rate) in enumerate(grid)]


def test_the_table_has_one_line_per_trial():
    settings = tiny("grid", trials=6, seeds=2, seed=3)
    rows = list(csv.DictReader(io.StringIO(to_csv(settings, some(settings)))))
    assert len(rows) == 6 and rows[2]["number"] == "2" and float(rows[2]["val_accuracy"]) == 0.52
    assert float(rows[5]["learning_rate"]) == settings.learning_rate_values[-1]
    assert rows[0]["val_accuracy_seed_3"] == "0.5" and rows[0]["val_accuracy_seed_4"] == ""


@pytest.mark.parametrize("figure", ["hidden", "lr", "grid", "free"])
def test_the_exported_page_is_self_contained(figure):
    settings = tiny(figure, **({"vary": ("hidden", "reg", "learning_rate"), "sampler": "random"} if figure == "free" else {}))
    params = {"hidden": 20, "learning_rate": 0.1, "reg": 0.01}
    records = [record(i, 0.5, **{name: params[name] for name in settings.vary}) for i in range(3)]
    page = to_html("a", settings, records, {name: 0.5 for name in settings.vary})
    assert not re.search(r'(src|href)\s*=\s*"', page.split("<script")[0]) and "<script src" not in page
    assert page.count('id="chart-') == 3 and "vegaEmbed" in page
    assert page.count("<tr>") >= 4 and "</script" in page
    specs, _ = json.JSONDecoder().raw_decode(page.rsplit('<script type="module">', 1)[1])
    assert len(specs) == 3 and all(spec["width"] for spec in specs)


def test_parallel_coordinates_name_the_axis_where_the_best_trials_agree():
    settings = tiny("free", vary=("hidden", "learning_rate"), sampler="random", trials=8)
    (narrow, wide), rates = settings.hidden_values[:: len(settings.hidden_values) - 1], settings.learning_rate_values
    ends = [rates[0], rates[-1]]
    records = [record(i, 0.5 + 0.01 * i, hidden=narrow, learning_rate=ends[i % 2]) for i in range(8)]
    assert where_lines_meet(settings, records) == f"The best 2 of 8 trials have hidden size {narrow}"
    records[7] = record(7, 0.9, hidden=wide, learning_rate=ends[1])
    assert where_lines_meet(settings, records) == "The best 2 of 8 trials are spread over every axis"
    records[7] = record(7, 0.9, hidden=wide, learning_rate=ends[0] * 1.5)
    records[6] = record(6, 0.8, hidden=narrow, learning_rate=ends[0])
    assert f"learning rate η between {number(ends[0])} and {number(ends[0] * 1.5)}" in where_lines_meet(settings, records)


def test_numbers_in_the_page_use_the_common_format():
    settings = tiny(
        "iterations", iterations_values=(1_000, 20_000), trials=2, learning_rate=1e-5, lr_decay=0.98765, schedule="decay"
    )
    page = to_html("a", settings, [record(i, 0.5, iterations=steps) for i, steps in enumerate((1_000, 20_000))], {})
    assert "<td>20,000</td>" in page and ">1e−5</td>" in page and ">0.98765</td>" in page
    rates = tiny("lr", learning_rate_values=(1e-5, 1e-3), trials=2)
    page = to_html("a", rates, [record(0, 0.5, learning_rate=1e-5)], {})
    assert "50.0\u00a0% at learning rate η 1e−5" in page and "<td>1e−5</td>" in page and "1e−5, 0.001</td>" in page


@pytest.mark.parametrize("worker, cell", [("=1+1", "'=1+1"), ("-a", "'-a"), ("@a", "'@a"), ("+a", "'+a"), ("here", "here")])
def test_the_name_of_a_worker_is_no_formula(worker, cell):
    named = replace(record(0, 0.5, hidden=2), worker=worker)
    (row,) = csv.DictReader(io.StringIO(to_csv(tiny(), [named])))
    assert row["worker"] == cell


def settings_of(page):
    table = page.partition("<h2>Settings</h2>")[2].partition("</table>")[0]
    return dict(re.findall('<tr><th>(.*?)</th><td class="text">(.*?)</td></tr>', table))


def test_the_settings_are_named_and_those_that_vary_are_listed_once():
    shown = settings_of(to_html("a", tiny(), [], {}))
    assert (
        shown["Study"] == "Figure 1: hidden size" and shown["Activation"] == "ReLU" and shown["What to vary"] == "hidden size"
    )
    assert shown["Values of the hidden size"].startswith("2, ") and shown["Standardise the inputs"] == "no"
    assert not {"Hidden layers", "Decay an epoch", "Initial σ", "Noise"} & {*shown} and not any("_" in label for label in shown)
    shown = settings_of(to_html("a", tiny("lr"), [], {}))
    assert shown["Hidden layers"] == "64" and "Learning rate" not in shown
    assert settings_of(to_html("a", tiny(hidden=(5, 5)), [], {}))["Hidden layers"] == "2, each with as many units"


def test_the_page_states_that_a_study_has_no_trials():
    assert "0 of 6 trials" in to_html("a", tiny(), [], {})
