"""The live view's modules that think rather than draw, run where they will run: in a browser."""

import json
import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import sync_playwright

from nnlib.experiment import Experiment
from nnlib.runs.store import smoothed
from pages.shared import texts

LIVE = Path(__file__).parents[2] / "pages" / "live"
ORIGIN = "http://live.test"


@pytest.fixture(scope="module")
def page():
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
    if not shutil.which(path):
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"no Chromium at {path}: set CHROMIUM to where it lies")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        page = browser.new_page()
        page.route(f"{ORIGIN}/*.js", lambda route: route.fulfill(path=LIVE / route.request.url.rsplit("/", 1)[1]))
        page.route(f"{ORIGIN}/", lambda route: route.fulfill(body="<!doctype html>", content_type="text/html"))
        page.goto(ORIGIN)
        yield page
        browser.close()


def call(page, module, body, argument=None):
    """What the JavaScript `body` returns; it may use `argument` and everything that the module exports, as `it`."""
    return page.evaluate(f"async (argument) => {{ const it = await import('{ORIGIN}/{module}'); {body} }}", argument)


def losses(steps):
    rng = np.random.default_rng(0)
    return (2 * np.exp(-np.arange(steps) / 400) + 0.3 * rng.random(steps)).round(6)


SERIES = """
    const series = new it.LossSeries();
    for (const [first, values] of argument) series.add(first, values);
    const { step, low, high, smooth, last, now } = series;
    return { step, low, high, smooth, last, now };
"""


@pytest.mark.parametrize("steps", [1, 599, 601, 20_000])
def test_a_long_series_is_merged_and_loses_no_extreme(page, steps):
    values = losses(steps)
    batches = [[first + 1, values[first : first + 137].tolist()] for first in range(0, steps, 137)]
    series = call(page, "series.js", SERIES, batches)
    assert len(series["step"]) <= 601
    assert series["last"] == steps
    assert series["step"] == sorted(set(series["step"]))
    assert series["step"][0] == 1
    shown = values[: series["step"][-1]]
    assert min(series["low"]) == shown.min() and max(series["high"]) == shown.max()


def test_the_running_mean_is_the_server_s(page):
    values = losses(5000)
    series = call(page, "series.js", SERIES, [[1, values.tolist()]])
    expected = smoothed(values)
    assert series["now"] == pytest.approx(expected[-1])
    assert series["smooth"] == pytest.approx(expected[np.array(series["step"]) - 1])


def test_rows_that_come_twice_count_once(page):
    values = losses(300).tolist()
    twice = call(page, "series.js", SERIES, [[1, values[:200]], [101, values[100:300]], [1, values]])
    assert twice == call(page, "series.js", SERIES, [[1, values]])


def test_a_series_goes_on_from_a_history_as_if_it_had_seen_it_all(page):
    values = losses(3000)
    chosen = np.unique(np.linspace(0, 1999, 500).astype(int))
    history = {"step": (chosen + 1).tolist(), "value": values[chosen].tolist(), "smooth": smoothed(values)[chosen].tolist()}
    body = "const s = new it.LossSeries(); s.restore(argument[0]); s.add(1901, argument[1]); return [s.last, s.now, s.length];"
    last, now, length = call(page, "series.js", body, [history, values[1900:].tolist()])
    assert last == 3000
    assert now == pytest.approx(smoothed(values)[-1])
    assert length <= 601


def test_a_loss_that_is_no_number_leaves_no_hole(page):
    series = call(page, "series.js", SERIES, [[1, [1.0, None, 2.0, None]]])
    assert series["last"] == 4
    assert all(np.isfinite(series["smooth"]))


@pytest.mark.parametrize(
    "curve, word",
    [
        (lambda t: 1.1 + 0 * t, "flat"),
        (lambda t: 1.1 * np.exp(-t / 3000), "falling"),
        (lambda t: 0.1 + np.exp(-t / 300), "level"),
        (lambda t: 0.2 + np.exp(-t / 300) + np.maximum(0, t - 3500) / 3000, "rising"),
        (lambda t: 1.1 * np.exp(t / 1000), "climbing"),
    ],
)
def test_the_trend_is_named(page, curve, word):
    values = curve(np.arange(5000.0)).tolist()
    assert call(page, "series.js", "const s = new it.LossSeries(); s.add(1, argument); return it.trend(s);", values) == word


def explanation(page, outcome, *, gap=0.0, stopped=False, image=False, **settings):
    experiment = Experiment(**settings)
    facts = {
        **experiment.to_dict(), "outcome": outcome, "stopped": stopped, "gap": gap, "image": image, "epochs": 5,
        "layers": len(experiment.hidden), "narrowest": min(experiment.hidden, default=None),
    }  # fmt: skip
    return call(page, "result.js", "return it.explain(argument[0], argument[1]);", [json.loads(json.dumps(texts.RULES)), facts])


@pytest.mark.parametrize(
    "outcome, facts, word",
    [
        ("diverges", {}, "learning rate"),
        ("diverges", {"reg": 50.0}, "λ"),
        ("stuck", {"init": "zeros"}, "He"),
        ("stuck", {"hidden": (30, 30, 30), "init": "normal", "std": 1e-3}, "He"),
        ("stuck", {"learning_rate": 1e-6}, "ten times larger"),
        ("partly", {"hidden": ()}, "one hidden layer"),
        ("partly", {"activation": "identity"}, "ReLU"),
        ("partly", {"hidden": (3,)}, "Double"),
        ("partly", {"reg": 0.1}, "λ"),
        ("learns", {"gap": 0.3}, "λ"),
        ("learns", {}, "fewest units"),
        ("learns", {"image": True}, "Halve"),
    ],
)
def test_the_end_of_a_run_is_explained_by_its_settings(page, outcome, facts, word):
    rule = explanation(page, outcome, **facts)
    assert word in rule["next"]


def test_only_a_new_run_can_change_some_settings(page):
    before, other = Experiment().to_dict(), Experiment(hidden=(7,)).to_dict()
    moved = Experiment(learning_rate=0.7, reg=0.1, batch_size=9).to_dict()
    body = "return [it.differs(...argument[0]), it.differs(...argument[1]), it.differs(...argument[2])];"
    assert call(page, "run.js", body, [[before, before], [moved, before], [other, before]]) == [False, False, True]


@pytest.mark.parametrize(
    "value, text",
    [
        (0, "0"),
        (0.5, "0.5"),
        (1234.4, "1,234"),
        (1.234e-5, "1.2 × 10⁻⁵"),
        (-0.25, "−0.25"),
        (6400.0, "6,400"),
        (0.00123456, "0.00123"),
    ],
)
def test_numbers_carry_the_precision_they_deserve(page, value, text):
    assert call(page, "bytes.js", "return it.short(argument);", value) == text
