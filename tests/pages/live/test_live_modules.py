"""The logic in the live view's JavaScript modules, run in a browser."""

import json
import os
import re
import shutil
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import sync_playwright

from nnlib.experiment.settings import Experiment
from nnlib.runs.curves import smoothed
from nnlib.support import colours
from nnlib.training import Frame
from pages.depth import words as depth_texts
from pages.train import words as texts
from pages.tuning import words as tuning_texts

LIVE = Path(__file__).parents[3] / "pages" / "live" / "browser"
ORIGIN = "http://live.test"


@pytest.fixture(scope="module")
def page():
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
    if not shutil.which(path):
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"no Chromium at {path}: set CHROMIUM to where it lies")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        page = browser.new_page()
        page.route(f"{ORIGIN}/*.js", _fulfill)
        page.route(f"{ORIGIN}/", lambda route: route.fulfill(body="<!doctype html>", content_type="text/html"))
        page.goto(ORIGIN)
        yield page
        browser.close()


def _fulfill(route):
    path = LIVE / route.request.url.rsplit("/", 1)[1]
    if path.exists():
        route.fulfill(path=path)
    else:
        route.fulfill(status=404)


def call(page, module, body, argument=None):
    """The result of the JavaScript `body`, which may use `argument` and the exports of the module, as `it`."""
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
def test_a_long_series_is_merged_without_losing_extremes(page, steps):
    values = losses(steps)
    batches = [[first + 1, values[first : first + 137].tolist()] for first in range(0, steps, 137)]
    series = call(page, "loss_series.js", SERIES, batches)
    assert len(series["step"]) <= 601
    assert series["last"] == steps
    assert series["step"] == sorted(set(series["step"]))
    assert series["step"][0] == 1
    shown = values[: series["step"][-1]]
    assert min(series["low"]) == shown.min() and max(series["high"]) == shown.max()


def test_the_running_mean_equals_that_of_the_server(page):
    values = losses(5000)
    series = call(page, "loss_series.js", SERIES, [[1, values.tolist()]])
    expected = smoothed(values)
    assert series["now"] == pytest.approx(expected[-1])
    assert series["smooth"] == pytest.approx(expected[np.array(series["step"]) - 1])


def test_duplicate_rows_count_once(page):
    values = losses(300).tolist()
    twice = call(page, "loss_series.js", SERIES, [[1, values[:200]], [101, values[100:300]], [1, values]])
    assert twice == call(page, "loss_series.js", SERIES, [[1, values]])


def test_a_series_continues_from_a_history_like_an_uninterrupted_one(page):
    values = losses(3000)
    chosen = np.unique(np.linspace(0, 1999, 500).astype(int))
    history = {"step": (chosen + 1).tolist(), "value": values[chosen].tolist(), "smooth": smoothed(values)[chosen].tolist()}
    body = "const s = new it.LossSeries(); s.restore(argument[0]); s.add(1901, argument[1]); return [s.last, s.now, s.length];"
    last, now, length = call(page, "loss_series.js", body, [history, values[1900:].tolist()])
    assert last == 3000
    assert now == pytest.approx(smoothed(values)[-1])
    assert length <= 601


def test_a_nan_loss_leaves_no_gap(page):
    series = call(page, "loss_series.js", SERIES, [[1, [1.0, None, 2.0, None]]])
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
    assert (
        call(page, "loss_series.js", "const s = new it.LossSeries(); s.add(1, argument); return it.trend(s);", values) == word
    )


def explanation(page, outcome, *, gap=0.0, val=0.5, falling=False, stopped=False, image=False, validated=1000, **settings):
    experiment = Experiment(**settings)
    facts = {
        **experiment.to_dict(), "outcome": outcome, "stopped": stopped, "gap": gap, "image": image, "epochs": 5,
        "val": val, "validated": validated, "falling": falling, "layers": len(experiment.hidden),
        "narrowest": min(experiment.hidden, default=None),
    }  # fmt: skip
    return call(
        page, "explanations.js", "return it.explain(argument[0], argument[1]);", [json.loads(json.dumps(texts.RULES)), facts]
    )


@pytest.mark.parametrize(
    "outcome, facts, word",
    [
        ("diverges", {}, "learning rate"),
        ("diverges", {"reg": 50.0}, "λ"),
        ("stuck", {"init": "zeros"}, "He"),
        ("stuck", {"hidden": (30, 30, 30), "init": "normal", "std": 1e-3}, "He"),
        ("stuck", {"learning_rate": 1e-6}, "ten times larger"),
        ("stuck", {"validated": 10}, "Use more examples"),
        ("stuck", {"validated": 10, "init": "zeros"}, "He"),
        ("partly", {"hidden": ()}, "one hidden layer"),
        ("partly", {"activation": "identity"}, "ReLU"),
        ("partly", {"hidden": (3,)}, "Double"),
        ("partly", {"hidden": (3,), "falling": True}, "learning rate three times larger"),
        ("partly", {"falling": True}, "learning rate three times larger"),
        ("partly", {"dataset": "cifar10", "image": True, "falling": True}, "between 0.0005 and 0.002"),
        ("partly", {"dataset": "cifar10", "image": True, "falling": True, "val": 0.3}, "learning rate three times larger"),
        ("partly", {"reg": 0.1}, "λ"),
        ("learns", {"gap": 0.3}, "λ"),
        ("learns", {}, "smallest number of units"),
        ("learns", {"image": True}, "Halve"),
    ],
)
def test_the_end_of_a_run_is_explained_by_its_settings(page, outcome, facts, word):
    rule = explanation(page, outcome, **facts)
    assert word in rule["next"]


def test_only_a_new_run_can_change_some_settings(page):
    before, other = Experiment().to_dict(), Experiment(hidden=(7,)).to_dict()
    moved = Experiment(learning_rate=0.7, reg=0.1, batch_size=9).to_dict()
    body = "return argument.map((pair) => it.differs(...pair, ['learning_rate', 'reg', 'batch_size']));"
    assert call(page, "run.js", body, [[before, before], [moved, before], [other, before]]) == [False, False, True]
    assert call(page, "run.js", "return it.differs(...argument, []);", [moved, before])


def test_networks_trained_one_after_another_are_averaged_separately(page):
    values = [2.0] * 3001 + [1.0] * 3000
    body = "const s = new it.LossSeries(); s.starts = [1, 3002]; s.add(1, argument); return s;"
    series = call(page, "loss_series.js", body, values)
    assert len(series["step"]) <= 602
    assert series["low"] == series["high"] == pytest.approx(series["smooth"])
    assert series["smooth"][series["step"].index(3001)] == pytest.approx(2.0)


@pytest.mark.parametrize("newest, known", [([2.0], 2.0), ([None], 3.0)])
def test_a_new_network_does_not_use_the_mean_of_the_previous_one(page, newest, known):
    history = {"step": [1, 100, 101], "value": [5.0, 5.0, *newest], "smooth": [5.0, 5.0, *newest]}
    body = "const s = new it.LossSeries(); s.starts = [1, 101]; s.restore(argument); s.add(102, [3.0, 3.0]); return s.now;"
    assert call(page, "loss_series.js", body, history) == pytest.approx(known, abs=0.7)


def layers(spreads, gradients):
    return [
        {"layer": l, "activation_norm": spread, "gradient_norm": gradient, "dead_share": 0.0}
        for l, (spread, gradient) in enumerate(zip(spreads, gradients), start=1)
    ]


def fresh(spreads, measured=True):
    return [
        {"layer": l, "predicted": each, "measured": each if measured else None, "gradient_norm": 1e-3 if measured else None}
        for l, each in enumerate(spreads, start=1)
    ]


SIGNAL_TEXTS = {
    "title": "waiting", "kept": "kept", "faint": "faint {power}", "lost": "lost {power}", "gone": "gone",
    "grown": "grown {size}", "regained": "regained {before} {size}", "broken": "broken", "rising": "rising {before} {power}",
    "diverged": "diverged",
}  # fmt: skip
SIGNAL_FINDING = "return it.finding(it.rowsOf(argument[0], argument[1], argument[2]), argument[3], argument[4]);"
FADING = {"predicted": [2e-2, 1e-4, 4e-7, 2e-9], "layers": layers([2e-2, 1e-4, 5e-7, 3e-9], [2e-7] * 4)}
DECAYED = layers([1e-13, 1e-13, 1e-8, 4e-3], [0, 0, 0, 1e-8])  # the output has learned biases


@pytest.mark.parametrize(
    "signal, started, now, obstacle, title",
    [
        (None, None, None, None, "waiting"),
        (fresh([0.5, 0.5, 0.7]), None, None, None, "kept"),
        (fresh([0.5, 0.5, 0.7], measured=False), None, None, None, "kept"),
        (fresh([0.5, 0.5, 0.7]), None, None, "drowned", "kept"),
        (fresh([0.02, 1e-4, 6e-7]), None, None, None, "faint 10⁻⁴"),
        (fresh([0.02, 1e-4, 5e-7, 3e-9]), None, None, None, "faint 10⁻⁶"),  # enough without weight decay
        (fresh([0.02, 1e-4, 5e-7, 3e-9]), None, None, "drowned", "lost 10⁻⁶"),
        (fresh([0.02, 1e-4, 6e-7]), None, None, "standing", "lost 10⁻⁴"),
        (fresh([10, 55, 180]), None, None, None, "grown 55"),
        (fresh([0.5, 0.5, 0.5, 0.7]), FADING, None, "drowned", "lost 10⁻⁶"),  # during a run, that of the run
        (None, FADING, FADING["layers"], "below", "lost 10⁻⁶"),  # no weight has changed yet
        (None, FADING, layers([0.1, 1e-2, 1e-3, 1e-4], [1, 1, 1, 1]), "below", "rising 10⁻⁶ 10⁻³"),
        (None, FADING, layers([4, 3, 3, 2], [1, 1, 1, 1]), "drowned", "regained 10⁻⁶ 3"),
        (None, FADING, DECAYED, "drowned", "lost 10⁻¹³"),
        (None, FADING, DECAYED, None, "lost 10⁻¹³"),  # for any obstacle
        (None, FADING, layers([0.0, 0.0, 1e-8, 4e-3], [0, 0, 0, 1e-8]), "drowned", "gone"),
        (None, FADING, layers([4, None, 3, 2], [1, None, 1, 1]), "drowned", "broken"),
    ],
)
def test_the_title_of_the_signal_states_its_outcome(page, signal, started, now, obstacle, title):
    assert call(page, "signal.js", SIGNAL_FINDING, [signal, started, now, obstacle, SIGNAL_TEXTS]) == title


def test_a_run_that_diverged_shows_no_finding_from_before_as_its_result(page):
    body = "return it.finding(it.rowsOf(null, argument[0], argument[0].layers), null, argument[1], true);"
    assert call(page, "signal.js", body, [FADING, SIGNAL_TEXTS]) == "diverged"


def test_an_output_that_only_its_biases_raise_is_noticed(page):
    body = "return argument.map((now) => it.biasesAlone(it.rowsOf(null, now[0], now[1])));"
    runs = [[FADING, DECAYED], [FADING, FADING["layers"]], [FADING, layers([0.5, 0.5, 0.5, 9], [1] * 4)], [FADING, None]]
    assert call(page, "signal.js", body, runs) == [True, False, False, False]


def test_a_signal_that_training_has_restored_is_noticed(page):
    body = "return argument.map((now) => it.isRestored(it.rowsOf(null, now[0], now[1])));"
    grown = {"predicted": [0.5] * 4, "layers": layers([0.5] * 4, [1] * 4)}
    healthy = layers([4, 3, 3, 2], [1] * 4)
    assert call(page, "signal.js", body, [[FADING, healthy], [FADING, DECAYED], [grown, healthy]]) == [True, False, False]


def test_the_figures_of_a_layer_include_nan_and_infinity(page):
    body = "return it.rowsOf(...argument).map(it.figures);"
    found = call(page, "signal.js", body, [None, FADING, layers([0.0, None, 1e-30, 0.5], [0.0, None, 1e-30, 0.25])])
    assert found[0] == "layer 1: output predicted 0.02, at the start 0.02, now 0; gradient at the start 2e−7, now 0"
    assert "now not a finite number" in found[1]
    assert "now 1e−30" in found[2]
    assert found[3].startswith("output: ")


def test_figures_from_before_a_run_are_said_to_be_of_another_draw(page):
    found = call(page, "signal.js", "return it.figures(it.rowsOf(argument)[0]);", fresh([0.5, 0.7]))
    assert "in one draw 0.5" in found and "at the start" not in found


def test_the_start_of_other_settings_is_shown_with_a_run(page):
    body = "return it.rowsOf(...argument).map((row) => row.next ?? null);"
    assert call(page, "signal.js", body, [fresh([0.5, 0.5, 0.5, 0.7]), FADING, None]) == [0.5, 0.5, 0.5, 0.7]
    assert call(page, "signal.js", body, [fresh(FADING["predicted"]), FADING, None]) == [None] * 4
    assert call(page, "signal.js", body, [fresh([0.5, 0.7]), FADING, None]) == [None] * 4


@pytest.mark.parametrize(
    "values, powers",
    [
        ([0.5, 0.7], [-9, 1]),
        ([0.5, 1e-20], [-21, 1]),
        ([0, 1e-45, 3000], [-30, 4]),
        ([], [-9, 1]),
    ],
)
def test_the_signal_axis_covers_the_data_and_stays_stable(page, values, powers):
    assert call(page, "signal.js", "return it.decades(argument);", values) == powers


def reading(page, gradients, dead=0.0, obstacle=None, start=(1, 1), **more):
    """The text about two layers with 400 and 100 weights whose gradients have these norms."""
    words = {"slow": "slow", "dead": "dead", "healthy": "healthy", "obstacles": {"drowned": "drowned"}}
    started = {"sizes": [40, 10, 10], "layers": layers([1, 1], start), "obstacle": obstacle} | more
    now = [each | {"dead_share": dead} for each in layers([1, 1], gradients)]
    return call(page, "diagnostics.js", "return it.gradientSize(...argument);", [now, started, words])


def test_a_vanished_gradient_is_named_before_dead_units(page):
    assert reading(page, [1e-9, 1], dead=0.9) == "slow"
    assert reading(page, [1, 1], dead=0.9) == "dead"
    assert reading(page, [1, 1]) == "healthy"


def test_a_gradient_is_small_per_weight_not_per_matrix(page):
    assert reading(page, [1.9e-7, 1]) == "slow"
    assert reading(page, [2.1e-7, 1.1e-7]) == "healthy"
    assert reading(page, [None, 1]) == "healthy"
    assert reading(page, [1.9e-7, 1], fan_in=[27, 10]) == "healthy"  # 270 weights: a filter covers 27 numbers


def test_the_obstacle_of_the_gradient_is_named_until_the_gradient_passes(page):
    start = [1e-5, 1e-5]
    assert reading(page, start, obstacle="drowned", start=start) == "drowned"
    assert reading(page, [1e-12, 1e-5], obstacle="drowned", start=start) == "drowned"
    assert reading(page, [1e-2, 1e-1], obstacle="drowned", start=start) == "healthy"


COLLAPSED = {
    "init": "normal", "std": 0.001, "norm": None, "skip": False, "optimiser": "adam", "learning_rate": 0.001,
    "weight_decay": 0.001, "activation": "relu", "dropout": 0, "layers": 3, "stopped": False, "epochs": 10, "steps": 2450,
    "obstacle": "drowned",
}  # fmt: skip


@pytest.mark.parametrize(
    "outcome, facts, word",
    [
        ("stuck", {}, "weight decay dominates"),
        ("stuck", {"obstacle": "below"}, "Adam adds"),
        ("stuck", {"obstacle": "standing", "optimiser": "sgd"}, "hardly change the weights"),
        ("stuck", {"obstacle": "zero", "std": 0}, "all weights start at 0"),
        ("stuck", {"restored": True}, "Training restored it, but late"),
        ("stuck", {"restored": True, "obstacle": None, "weight_decay": 0}, "Training restored it, but late"),
        ("stuck", {"stopped": True}, "stopped at step"),
        ("stuck", {"stopped": True, "obstacle": None}, "stopped at step"),
        ("stuck", {"learning_rate": 0.05}, "a dead ReLU"),
        ("stuck", {"stopped": True, "learning_rate": 0.05}, "stopped at step"),
        ("stuck", {"std": 0.01, "obstacle": None}, "stayed close"),
        ("stuck", {"weight_decay": 0.05, "obstacle": None}, "all weights end near zero"),
        ("diverges", {"std": 1, "learning_rate": 100}, "overshot"),
        ("diverges", {"std": 1, "learning_rate": 0.01, "obstacle": None}, "larger"),
        ("partly", {}, "Almost no gradient"),
        ("learns", {"std": 0.1, "obstacle": None}, "close enough to √(2/F)"),
        ("partly", {"init": "he", "obstacle": None, "epochs": 5, "steps": 30}, "only {step} steps"),
        ("partly", {"stopped": True, "obstacle": None, "steps": 30}, "results at that step"),
        ("partly", {"obstacle": None}, "enough for Adam"),
        ("partly", {"init": "he", "obstacle": None, "layers": 1, "falling": True}, "still falling"),
        ("partly", {"init": "he", "obstacle": None, "layers": 1, "falling": False}, "too few units"),
        ("partly", {"init": "he", "obstacle": None, "layers": 1, "dataset": "cifar10", "val": 0.5}, "what to expect"),
    ],
)
def test_the_result_of_a_deep_network_is_explained_by_the_cause_of_its_weak_gradient(page, outcome, facts, word):
    given = [depth_texts.RULES, COLLAPSED | {"outcome": outcome} | facts]
    assert word in call(page, "explanations.js", "return it.explain(...argument);", given)["why"]


BEHIND, SAMPLE = "points behind training", {"train": 5000, "val": 1000}


@pytest.mark.parametrize(
    "train, val, examples, others, title",
    [
        (0.7, 0.5, SAMPLE, {}, f"Validation 50.0\u00a0%, 20 {BEHIND}: overfitting"),
        (0.12, 0.082, SAMPLE, {}, "Validation 8.2\u00a0%: as good as guessing"),
        (0.3, 0.12, SAMPLE, {}, f"Validation 12.0\u00a0%, 18 {BEHIND}: overfitting"),
        (0.54, 0.5, SAMPLE, {}, f"Validation 50.0\u00a0%, 4 {BEHIND}"),
        (0.53, 0.5, SAMPLE, {}, f"Validation 50.0\u00a0%, 3 {BEHIND}: this can be chance"),
        (0.51, 0.5, SAMPLE, {}, "Validation 50.0\u00a0%, close to training"),
        (0.58, 0.68, SAMPLE, {}, "Validation 68.0\u00a0%, 10 points ahead of training"),
        (0.58, 0.68, {"train": 50, "val": 40}, {}, "Validation 68.0\u00a0%, 10 points ahead of training: this can be chance"),
        (0.25, 0.1, {"train": 80, "val": 10}, {}, f"Validation 10.0\u00a0%, 15 {BEHIND}: this can be chance"),
        (0.15, 0.3, {"train": 80, "val": 10}, {}, "Validation 30.0\u00a0%, 15 points ahead of training: this can be chance"),
        (0.15, 0.2, {"train": 80, "val": 10}, {}, "Validation 20.0\u00a0%: as good as guessing"),
        (0.6, 0.526, SAMPLE, {"final": 0.553}, "Validation 55.3\u00a0% at the end"),
        (0.6, 0.526, SAMPLE, {"state": "diverged"}, "No accuracy: the run diverged"),
    ],
)
def test_the_accuracy_is_interpreted(page, train, val, examples, others, title):
    evaluation = {"train_accuracy": train, "val_accuracy": val}
    given = {"evaluation": evaluation, "classes": 10, "final": None, "examples": examples, "state": "running"} | others
    assert call(page, "accuracy_chart.js", "return it.accuracyTitle(argument);", given) == title


def test_chance_alone_seldom_makes_a_gap(page):
    rng = np.random.default_rng(0)
    for n, m in ((1000, 60), (80, 10), (5000, 1000)):
        pairs = [
            {"train_accuracy": a, "val_accuracy": b}
            for a, b in zip(rng.binomial(n, 0.4, 1000) / n, rng.binomial(m, 0.4, 1000) / m)
        ]
        clear = call(
            page,
            "chance.js",
            "return argument[0].filter((each) => it.clearGap(each, argument[1])).length;",
            [pairs, {"train": n, "val": m}],
        )
        assert clear < 80
    body = "return argument.map((started) => it.measuredOn(started, { sample: 5000 }));"
    runs = [{"examples": {"train": 49000, "val": 30}}, {}]  # the second is of an older run
    assert call(page, "chance.js", body, runs) == [{"train": 5000, "val": 30}, {"train": 5000, "val": 5000}]


def test_the_report_s_figures_are_drawn_with_a_run_of_its_settings(page):
    references = [{"settings": {"depth": 2, "widths": [50, 40]}}, {"settings": {"depth": 3, "widths": [50, 40]}}]
    body = "return it.referenceOf(...argument)?.settings.depth ?? null;"
    assert call(page, "accuracy_chart.js", body, [{"depth": 3, "widths": [50, 40], "seed": 7}, references]) == 3
    assert call(page, "accuracy_chart.js", body, [{"depth": 3, "widths": [50]}, references]) is None


@pytest.mark.parametrize(
    ("second", "labels"), [(0.4, ["training", "validation", "in training mode"]), (None, ["training", "validation"])]
)
def test_both_validation_accuracies_are_drawn(page, second, labels):
    evaluation = {"step": 5, "train_accuracy": 0.5, "val_accuracy": 0.45, "val_accuracy_train_mode": second}
    run = {"evaluations": [evaluation], "curves": [], "started": {}}
    body = "return it.accuracyPicture({}, { run: argument, classes: 10, end: 9, axis: {} }).lines.map((each) => each.label);"
    assert call(page, "accuracy_chart.js", body, run) == labels


def test_a_report_near_guessing_shares_its_label(page):
    body = """
        const picture = (final) => it.accuracyPicture({}, {
          run: { evaluations: [], curves: [], started: {} }, classes: 10, end: 9, axis: {} }, { label: "the report", final });
        return argument.map((final) => picture(final).references.map((each) => each.label));
    """
    near, far = call(page, "accuracy_chart.js", body, [0.087, 0.5])
    assert near == ["guessing: 10\u00a0%; the report: 8.7\u00a0%", ""]
    assert far == ["guessing: 10\u00a0%", "the report: 50.0\u00a0%"]


def test_the_layer_with_the_weakest_signal_is_named(page):
    signal = fresh([0.02, 1e-4, 5e-3, 3e-9])
    found = call(
        page, "signal.js", SIGNAL_FINDING, [signal, None, None, "drowned", SIGNAL_TEXTS | {"lost": "{power} in {layer}"}]
    )
    assert found == "10⁻⁴ in layer 2"


TABLE_TEXTS = {
    "title": "waiting", "soFar": "{done} of {all}", "asReport": "as reported from {from}", "collapse": "collapse from {from}",
    "never": "never", "recovered": "up to {to}", "mixed": "{learn} learn",
}  # fmt: skip
REPORT = {"1": 0.508, "2": 0.506, "3": 0.087, "4": 0.078}
TABLE_FINDING = """
    const [settings, entries, report, texts] = argument;
    return it.finding(it.rowsOf(settings, entries, []), report, texts);
"""


def entries(accuracies, seeds=1):
    """Results of networks that learned if the accuracy is above chance, and diverged if it is None."""
    outcomes = ["diverges" if each is None else "partly" if each > 0.2 else "stuck" for each in accuracies]
    return [
        {"index": i, "depth": i // seeds + 1, "seed": i % seeds, "val_accuracy": each, "loss": None if each is None else 1.5,
         "seconds": 10.0, "outcome": outcome}
        for i, (each, outcome) in enumerate(zip(accuracies, outcomes))
    ]  # fmt: skip


@pytest.mark.parametrize(
    "accuracies, title",
    [
        ([], "waiting"),
        ([0.5, 0.5, 0.09], "3 of 4"),
        ([0.5, 0.5, 0.09, 0.1], "as reported from three"),
        ([0.5, 0.09, 0.09, 0.1], "collapse from two"),
        ([0.5, 0.5, 0.5, 0.5], "up to four"),
        ([0.5, 0.5, 0.09, 0.5], "3 learn"),
        ([0.09, None, 0.09, 0.09], "never"),
    ],
)
def test_the_table_s_title_compares_it_with_the_report(page, accuracies, title):
    arguments = [{"depths": [1, 2, 3, 4], "seeds": 1}, entries(accuracies), REPORT, TABLE_TEXTS]
    assert call(page, "depth_table.js", TABLE_FINDING, arguments) == title


def test_networks_of_other_depths_are_not_compared_with_the_report(page):
    made = [each | {"depth": each["depth"] + 4} for each in entries([0.5, 0.09])]
    arguments = [{"depths": [5, 6], "seeds": 1}, made, REPORT, TABLE_TEXTS]
    assert call(page, "depth_table.js", TABLE_FINDING, arguments) == "collapse from six"


def test_seeds_become_a_mean_and_a_deviation(page):
    made = entries([0.50, 0.52, 0.48, 0.09, None], seeds=3)
    body = "return it.rowsOf(argument[0], argument[1], [{ depth: 2, val_accuracy: 0.1 }, { depth: 2, val_accuracy: null }]);"
    first, second = call(page, "depth_table.js", body, [{"depths": [1, 2], "seeds": 3}, made])
    assert (first["accuracy"], first["deviation"]) == (pytest.approx(0.5), pytest.approx(0.02))
    assert first["seconds"] == 10 and not first["inTraining"]
    assert second["accuracy"] is None and second["live"] == [0.1] and len(second["done"]) == 2


def test_a_table_of_cures_has_a_row_for_each_cure(page):
    body = """
        const table = document.createElement("table");
        const rows = argument.map((depth) => ({ depth, of: 1, done: [], live: [], accuracy: null, deviation: null }));
        const cures = [{ cure: "he", rows }, { cure: "residual", rows }];
        new it.DepthTable(() => table).showCures(cures, {}, { he: "He", residual: "residual" });
        return [...table.rows].map((row) => [...row.cells].map((cell) => cell.textContent));
    """
    heads, *rows = call(page, "depth_table.js", body, [1, 16])
    assert heads == ["Hidden layers", "1", "16"] and [row[0] for row in rows] == ["He", "residual"]


TABLE_RUN = """
    const { LABS } = await import(new URL("labs.js", location.href).href);
    const run = new it.Run(LABS.table);
    for (const event of argument) run.update(event);
"""


def test_networks_of_a_table_are_identified_by_their_steps_also_from_the_history(page):
    plan = [
        {"index": 0, "depth": 1, "seed": 0, "first": 1, "last": 10},
        {"index": 1, "depth": 2, "seed": 0, "first": 11, "last": 20},
    ]
    evaluation = {"event": "evaluation", "step": 10, "val_accuracy": 0.5}
    done = {"event": "entry", **entries([0.5])[0]}
    events = [
        {"event": "run", "run": "a", "kind": "table", "label": "depths 1, 2", "settings": {"depths": [1, 2], "seeds": 1}},
        {"event": "started", "entries": plan},
        {"event": "metrics", "first": 1, "loss": [2.0] * 10},
        evaluation,
        done,
    ]
    body = TABLE_RUN + "return [run.entries.length, run.evaluation?.val_accuracy ?? null, run.currentEntry.depth];"
    assert call(page, "run.js", body, events[:-1]) == [0, 0.5, 1]
    assert call(page, "run.js", body, events) == [1, None, 2]  # the second network has not been evaluated yet
    loss = {"step": list(range(1, 12)), "value": [2.0] * 11, "smooth": [2.0] * 11}
    again = [*events, {"event": "history", "loss": loss, "events": [evaluation, done]}]
    assert call(page, "run.js", body, again) == [1, None, 2]


def test_a_trial_in_flight_is_described(page):
    trial = {"number": 3, "params": {"learning_rate": 0.00123456, "hidden": 64}, "step": 500, "iterations": 2000}
    body = """
        const texts = { axes: { learning_rate: "learning rate", hidden: "hidden size" }, samplers: { tpe: "TPE" } };
        const ofRace = { ...argument, sampler: "tpe" };
        return [it.runningTrial(argument, texts), it.runningTrial(ofRace, texts), it.trials(1), it.trials(1200)];
    """
    trial_text, of_race, one, many = call(page, "study.js", body, trial)
    assert trial_text == {"name": "3", "text": "3: learning rate 0.00123, hidden size 64", "share": 0.25}
    assert of_race == {"name": "TPE, 4", "text": "TPE, 4: learning rate 0.00123, hidden size 64", "share": 0.25}
    assert (one, many) == ("1 trial", "1,200 trials")


def test_trials_per_minute_are_shown_after_the_first_trial(page):
    body = "return [it.perMinute(0, 10), it.perMinute(5, 10), it.perMinute(5, 0)];"
    assert call(page, "study.js", body) == [None, 30, None]


@pytest.mark.parametrize(
    "state, workers, text",
    [
        ("running", 2, "Searching"),
        ("running", 0, "Waiting for workers…"),
        ("paused", 2, "Paused after 3 trials"),
        ("finished", 2, "Finished after 3 trials"),
    ],
)
def test_the_status_of_a_study_counts_trials(page, state, workers, text):
    body = """
        const { LABS } = await import(new URL("labs.js", location.href).href);
        const [state, workers] = argument;
        return it.statusText({ lab: LABS.study, frame: { workers }, state, step: 3 }, { connected: true });
    """
    assert call(page, "toolbar.js", body, [state, workers]) == text


CONNECTION = """
    const sockets = [], timers = [], seen = [];
    window.fetch = async () => ({ ok: true });
    window.setTimeout = (action, wait) => timers.push({ action, wait });
    window.WebSocket = class {
        static OPEN = 1;
        constructor() { sockets.push(this); this.readyState = 1; this.sent = []; }
        send(text) { this.sent.push(JSON.parse(text).do); }
        end(code, reason) { this.readyState = 3; this.onclose({ code, reason }); }
    };
    const next = async () => { timers.shift().action(); await null; await null; };
    const line = new it.Connection("", {
        onUp: () => seen.push("up"), onDown: (refusal) => seen.push(refusal), onEvent: () => {},
    });
    await null; await null;
    line.watch("a run");
"""


def test_a_refused_connection_shows_the_reason_until_one_is_accepted(page):
    body = f"""{CONNECTION}
        sockets[0].end(4403, "not from there");
        line.send({{ do: "start" }});
        const wait = timers[0].wait;
        await next();
        sockets[1].onopen();
        sockets[1].end(4401, "no cookie");
        await next(); // of the second refusal: an open connection that was closed at once
        await next();
        sockets[2].onopen();
        await next();
        return {{ seen, wait, sent: sockets.map((socket) => socket.sent) }};
    """
    page.reload()
    found = call(page, "connection.js", body)
    page.reload()
    assert found["seen"] == ["not from there", "no cookie", "up"]
    assert found["wait"] > 5000
    assert found["sent"] == [["watch"], [], ["watch", "start"]]


def test_a_lost_connection_is_opened_again_at_once(page):
    body = f"""{CONNECTION}
        sockets[0].onopen();
        sockets[0].end(1006, "");
        const wait = timers[0].wait;
        await next();
        sockets[1].onopen();
        return {{ seen, wait, sent: sockets[1].sent }};
    """
    page.reload()
    found = call(page, "connection.js", body)
    page.reload()
    assert found["seen"] == ["up", None, "up"] and found["wait"] < 1000 and found["sent"] == ["watch"]


@pytest.mark.parametrize(
    "state, end, key",
    [
        ("running", None, "running"),
        ("paused", None, "paused"),
        ("stopped", None, "stopped"),  # there is no process to report more
        ("stopped", {"event": "finished", "stopped": True, "outcome": None}, "stopped"),
        ("finished", {"event": "finished", "stopped": False, "outcome": None}, "finished"),
    ],
)
def test_the_line_under_the_buttons_shows_the_state_of_a_study(page, state, end, key):
    body = "return it.Story.prototype.textFor.call({ texts: argument[2] }, { state: argument[0], end: argument[1] });"
    assert call(page, "story.js", body, [state, end, tuning_texts.STORY]) == tuning_texts.STORY[key]


def test_the_page_receives_trials_once_a_second_and_states_at_once(page):
    body = """
        const sent = [], start = performance.now();
        const reports = new it.TrialReports(({ state, done }) => sent.push([state, done, performance.now() - start]));
        const run = { id: "a", state: "running", step: 0 };
        for (let step = 1; step <= 12; step++) {
            run.step = step;
            reports.update(run, { event: "frame" });
            await new Promise((resolve) => setTimeout(resolve, 100));
        }
        run.state = "paused";
        reports.update(run, { event: "state" });
        await new Promise((resolve) => setTimeout(resolve, 100));
        return sent;
    """
    found = call(page, "trial_reports.js", body)
    assert [state for state, _, _ in found][-1] == "paused" and found[-1][1] == 12 and len(found) <= 3
    assert all(later[2] - earlier[2] >= 950 for earlier, later in zip(found, found[1:-1]))


def test_epochs_can_be_counted_instead_of_steps(page):
    body = """
        const alone = () => undefined;
        const inATable = () => ({ depth: 1 });
        const formatted = (perEpoch, entryAt, step) => it.stepAxis(perEpoch, entryAt).format(step);
        return [formatted(245, alone, 490), formatted(null, alone, 1490), formatted(null, inATable, 7)];
    """
    assert call(page, "step_axis.js", body) == ["epoch 2", "step 1,490", "1 layer, step 7"]


@pytest.mark.parametrize(
    "value, text",
    [
        (0, "0"),
        (0.5, "0.5"),
        (1234.4, "1,234"),
        (9.66e-5, "9.66e−5"),
        (-1.234e6, "−1.23e6"),
        (-0.25, "−0.25"),
        (6400.0, "6,400"),
        (0.00123456, "0.00123"),
    ],
)
def test_numbers_are_shown_with_suitable_precision(page, value, text):
    assert call(page, "number_text.js", "return it.short(argument);", value) == text


@pytest.mark.parametrize("kind, step, has_result", [("finished", 0, False), ("finished", 1, True), ("diverged", 1, True)])
def test_a_network_that_made_no_step_has_no_result(page, kind, step, has_result):
    body = """
        const run = new it.Run({ live: [] });
        run.update({ event: "run", run: "a", settings: {} });
        run.update(argument);
        return run.end !== null;
    """
    assert call(page, "run.js", body, {"event": kind, "step": step, "stopped": True}) == has_result


@pytest.mark.parametrize("step, said", [(0, texts.LIVE_VIEW["story"]["untrained"]), (7, "")])
def test_a_run_that_was_stopped_before_its_first_step_is_described(page, step, said):
    body = "return it.Story.prototype.textFor.call({ texts: argument.texts }, argument.run);"
    run = {"state": "stopped", "end": None, "step": step}
    assert call(page, "story.js", body, {"texts": texts.LIVE_VIEW["story"], "run": run}) == said


@pytest.mark.parametrize("accuracy, left", [(0.12, True), (0.9, False)])
def test_the_label_of_guessing_makes_room_for_those_at_the_ends_of_the_curves(page, accuracy, left):
    body = """
        const evaluations = [{ step: 1, train_accuracy: argument, val_accuracy: argument }];
        const run = { evaluations, curves: [], started: null };
        const { lines, references } = it.accuracyPicture({}, { run, classes: 10, end: 1, axis: {} });
        return [lines.filter((each) => each.onCurve).map((each) => each.label), references[0].left];
    """
    assert call(page, "accuracy_chart.js", body, accuracy) == [["training", "validation"], left]


@pytest.mark.parametrize("ink, paper, accent", [("#1d2733", "#ffffff", "light"), ("#e6ebf0", "#11161c", "dark")])
def test_every_number_of_a_confusion_matrix_can_be_read(page, ink, paper, accent):
    body = """
        const { rgb } = await import(new URL("theme.js", location.href).href);
        const table = document.createElement("table");
        it.Result.prototype.showConfusion.call({ find: () => table }, argument.matrix, ["a", "b"], argument.theme);
        const luminance = (colour) => rgb(colour).reduce((sum, part, at) => {
          const share = part / 255;
          return sum + [0.2126, 0.7152, 0.0722][at] * (share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4);
        }, 0.05);
        const { ink } = argument.theme;
        const contrast = ({ style }) => {
          const both = [luminance(style.color || ink), luminance(style.background)];
          return Math.max(...both) / Math.min(...both);
        };
        return [...table.querySelectorAll("td")].filter(({ style }) => style.background).map(contrast);
    """
    theme = {"ink": ink, "paper": paper, "accent": colours.ACCENT[accent], "mistake": colours.ORANGE}
    contrasts = [
        each for right in range(11)
        for each in call(page, "result.js", body, {"matrix": [[right, 10 - right], [10 - right, right]], "theme": theme})
    ]  # fmt: skip
    assert len(contrasts) > 20 and min(contrasts) >= 4.5


@pytest.mark.parametrize(
    ("answer", "said", "stored"),
    [
        ("new Response('x', { headers: { 'Content-Disposition': 'attachment; filename=\"run-a.py\"' } })", None, "run-a.py"),
        ("new Response('This run has not taken a step yet.', { status: 409 })", "This run has not taken a step yet.", None),
        (
            "Promise.reject(new TypeError())",
            "The file did not arrive, because the connection to the server was lost: try again.",
            None,
        ),
    ],
)
def test_a_file_to_take_home_is_stored_or_refused_in_a_sentence(page, answer, said, stored):
    body = f"""
        const menu = document.createElement("details");
        menu.innerHTML = '<summary></summary><a data-file="export/script"></a>';
        const notice = {{ clear() {{ this.said = null; }}, show(message) {{ this.said = message; }} }};
        const takeHome = new it.TakeHome(menu, (name) => `/runs/a/${{name}}`, notice);
        takeHome.show({{ state: "paused", step: 3 }});
        const [fetched, clicked] = [window.fetch, HTMLAnchorElement.prototype.click];
        let asked, stored = null;
        window.fetch = async (address) => ((asked = address), {answer});
        HTMLAnchorElement.prototype.click = function () {{ stored = this.download; }};
        await takeHome.download(menu.querySelector("a"));
        Object.assign(window, {{ fetch: fetched }});
        HTMLAnchorElement.prototype.click = clicked;
        takeHome.show({{ state: "running", step: 3 }});
        return [asked, notice.said, stored, menu.hidden];
    """
    assert call(page, "take_home.js", body) == [f"{ORIGIN}/runs/a/export/script", said, stored, True]


CHART = """
    const canvas = document.createElement("canvas");
    Object.assign(canvas.style, { width: "300px", height: "150px" });
    document.body.append(canvas);
    const axis = { unit: 1, wholeNumbers: true, title: "step", format: String };
    const [ink, soft, faint, grid, accent, paper] = ["gray", "gray", "gray", "gray", "gray", "white"];
    const theme = { font: "sans-serif", ink, soft, faint, grid, accent, paper };
    const texts = { yTitle: "loss", yTick: String, yValue: String };
    const draw = (lines, references) =>
        new it.LineChart(canvas, () => {}).draw(theme, { x: [0, 4], y: [0, 1], axis, ...texts, lines, references });
"""


def test_the_label_of_a_level_hides_no_label_of_a_curve(page):
    body = f"""{CHART}
        const flat = (label, y, end) => ({{ label, x: [0, end], y: [y, y], onCurve: Boolean(label), colour: "blue" }});
        const left = {{}};
        const fill = CanvasRenderingContext2D.prototype.fillText;
        CanvasRenderingContext2D.prototype.fillText = function (text, x) {{
            left[text] = this.textAlign === "left" ? x : x - this.measureText(text).width;
        }};
        const label = "guessing: 33.3 %";
        draw([flat("training", 0.5, 4), flat("validation", 0.37, 4), flat("", 0.2, 2)], [{{ y: 0.33, label }}]);
        CanvasRenderingContext2D.prototype.fillText = fill;
        const right = left[label] + canvas.getContext("2d").measureText(label).width;
        canvas.remove();
        return [right, left.validation];
    """
    right, validation = call(page, "line_chart.js", body)
    assert right < validation


@pytest.mark.parametrize("steps", [[1], [1, 2, 3]])
def test_a_curve_is_seen_from_its_first_point_on(page, steps):
    body = f"""{CHART}
        draw([{{ x: argument, y: argument.map(() => 0.5), colour: "rgb(1,2,3)", main: true }}], []);
        const pixels = new Uint32Array(canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.buffer);
        canvas.remove();
        return pixels.filter((pixel) => pixel === 0xff030201).length;
    """
    assert call(page, "line_chart.js", body, steps) > 5


UNIT_CARD = """
    const box = document.createElement("div");
    box.innerHTML = argument.html;
    document.body.append(box);
    const find = (testid) => box.querySelector(`[data-testid=${testid}]`);
    const { UnitCard } = await import(`${location.origin}/unit_card.js`);
    const { readTheme } = await import(`${location.origin}/theme.js`);
    const edits = [];
    const parts = {
      box: find("network-box"), canvas: find("network-canvas"), note: find("network-note"), scale: find("link-scale"),
      layerCount: find("layer-count"), layerAdd: find("layer-add"), layerRemove: find("layer-remove"),
    };
    const network = new it.NetworkDrawing(parts, {
      onPoint: () => {}, onReplaced: () => {}, onChange: () => card.show(network, true, true),
      onOpen: (...chosen) => card.open(network, ...chosen),
    });
    const card = new UnitCard(find, { onEdit: (...edit) => edits.push(edit), onPick: () => {}, onClose: () => {} });
    network.applyTheme(readTheme(box.querySelector(".lab")));
    network.start({ sizes: [2, 50, 2], classes: ["a", "b"], thumb: 24 });
    // The bias of a unit is its index in the layer.
    const layers = (units) => [
      { units, weights: [units, units], biases: units, gradients: units },
      { units: [0, 1], weights: units.map((unit) => [unit, -unit]), biases: [0, 0], gradients: [0, 0] },
    ];
    const values = () => ["b1[30]", "W1[1,30]", "W2[30,1]"].map((entry) => find(`"${entry}"`).value);
    const state = () => [find("unit-title").textContent, ...values()];
    network.update(layers([10, 30, 40]));
    find("unit-1-1").click();
    const states = [state()];
    network.update(layers([19, 20, 30])); // drawn in another row
    states.push(state());
    network.pointed = [1, 30];
    network.update(layers([19, 20, 21])); // drawn no more
    states.push([...state(), find("unit-range").textContent]);
    Object.assign(find('"b1[30]"'), { value: "5" }).dispatchEvent(new Event("change"));
    states.push(find("unit-1-1").getAttribute("aria-label"), network.pointed);
    box.remove();
    return { states, edits };
"""


def test_a_chosen_unit_stays_the_same_while_other_units_come_to_be_drawn(page):
    """Of a large layer the strongest units are drawn, which change while it trains."""
    html = (LIVE / "view.html").read_text(encoding="utf-8")
    found = call(page, "network_drawing.js", UNIT_CARD, {"html": html})
    unit_31 = ["Hidden layer 1, unit 31", "30", "30", "-30"]
    last = [*unit_31, "This unit is not drawn now. These are its last numbers."]
    assert found["states"] == [unit_31, unit_31, last, "Hidden layer 1, unit 21", None]
    assert found["edits"] == [["b1[30]", 5]]


@pytest.mark.parametrize(
    "settings, what, chosen",
    [
        ({"seed": 3, "data_seed": None}, "weights", {"seed": 4, "data_seed": 3}),
        ({"seed": 3, "data_seed": 7}, "weights", {"seed": 4, "data_seed": 7}),
        ({"seed": 3, "data_seed": None}, "points", {"data_seed": 4}),
        ({"seed": 3, "data_seed": 2**31 - 1}, "points", {"data_seed": 0}),
    ],
)
def test_new_weights_leave_the_data_and_new_points_the_weights(page, settings, what, chosen):
    body = """
        let chosen = null;
        const component = { setStateValue: (_, { values }) => (chosen = values) };
        const view = { component, data: { settings: argument.settings }, run: { state: "none" }, pendingSettings: {} };
        new it.Commands({ ...view, schedule: { request: () => {} } }).drawAnew(argument.what);
        return chosen;
    """
    assert call(page, "commands.js", body, {"settings": settings, "what": what}) == chosen


def test_the_loss_is_that_of_the_changed_network_until_it_trains_on(page):
    body = """
        const { lossTitle } = await import(`${location.origin}/loss_chart.js`);
        const run = new it.Run({ live: [] });
        const title = () => lossTitle({ series: run.series, state: "paused", edited: run.lossAfterEdit });
        const frame = (loss) => run.update({ event: "frame", step: 3, evaluation: { step: 3, loss } });
        run.id = "a";
        run.update({ event: "started", sizes: [2, 8, 2], classes: ["a", "b"] });
        run.update({ event: "metrics", first: 1, loss: [1, 1, 1] });
        frame(0.9);
        const titles = [title()];
        run.update({ event: "control", step: 3, changed: { "b1[0]": 5 } });
        frame(2.5);
        titles.push(title());
        run.update({ event: "metrics", first: 4, loss: [1] });
        titles.push(title());
        return titles;
    """
    assert call(page, "run.js", body) == ["Loss 1.00", "Loss 2.50 after your change", "Loss 1.00"]


SWITCHES = """
    const [regions, points] = [document.createElement("canvas"), document.createElement("canvas")];
    for (const canvas of [regions, points]) Object.assign(canvas.style, { width: "200px", height: "200px" });
    document.body.append(regions, points);
    const [paper, ink, font] = ["#ffffff", "#000000", "sans-serif"];
    const theme = { paper, ink, font, panel: paper, soft: ink, faint: ink, classes: ["#0000ff", "#ff0000"] };
    const plane = new it.Boundary(regions, points, document.createElement("span"));
    plane.applyTheme(theme);
    const both = { x: [[-0.5, 0], [0.5, 0]], y: [0, 1], split: ["train", "val"] };
    plane.show({ extent: [-1, 1, -1, 1], classes: ["a", "b"], points: both });
    plane.update(btoa(String.fromCharCode(1, 15, 17, 31)), 2);
    const pixel = (canvas, x, y) => canvas.getContext("2d").getImageData(x, y, 1, 1).data.join();
    const [train, val] = both.x.map(plane.places());
    const seen = () => [plane.pointAt(...train), plane.pointAt(...val), pixel(plane.cells, 0, 0) === pixel(plane.cells, 1, 0)];
    const before = seen();
    plane.trainingOnly = plane.classOnly = true;
    plane.draw();
    plane.paint();
    const after = seen();
    const sheet = document.createElement("canvas");
    [sheet.width, sheet.height] = [4, 8];
    const g = sheet.getContext("2d");
    for (const [fillStyle, top] of [["#0000ff", 0], ["#ff0000", 4]]) Object.assign(g, { fillStyle }).fillRect(0, top, 4, 4);
    plane.showAnswer({ sheet, top: 4, side: 4 });
    const edge = pixel(regions, 100, 7);
    for (const canvas of [regions, points]) canvas.remove();
    return [before, after, edge];
"""


def test_the_plane_can_hide_validation_points_and_confidence_and_shows_one_unit_alone(page):
    before, after, edge = call(page, "boundary.js", SWITCHES)
    assert before == [0, 1, False]
    assert after == [0, -1, True]
    assert edge == "255,0,0,255", "nothing of the unit above it on the sheet"


@pytest.mark.parametrize(
    "entry, sizes, words",
    [
        ("b1[19]", [2, 50, 2], "bias of unit 20"),
        ("b2[1]", [2, 50, 2], "bias of red"),
        ("W1[0,3]", [2, 50, 2], "weight of x₁ → unit 4"),
        ("W2[0,1]", [2, 8, 8, 2], "weight of unit 1 of layer 1 → unit 2 of layer 2"),
    ],
)
def test_the_mark_of_an_edit_counts_units_as_the_picture_does(page, entry, sizes, words):
    started = {"sizes": sizes, "classes": ["blue", "red"], "inputs": {"names": ["x₁", "x₂"]}}
    body = """
        const run = new it.Run({ live: [] });
        run.id = "a";
        run.update({ event: "started", ...argument.started });
        run.update({ event: "control", step: 3, changed: { [argument.entry]: 5 } });
        return run.marks;
    """
    marks = call(page, "run.js", body, {"started": started, "entry": entry})
    assert marks == [{"x": 3, "changes": {words: "5"}}]


CAUSES = [
    (None, {}, 300),
    (None, {"hidden": (8, 8, 8)}, 300),
    (None, {"learning_rate": 1.0}, 40),
    (None, {"noise": 0.3}, 30),  # a gap within chance
    ("vanishing", {"hidden": (30, 30, 30), "init": "normal", "std": 1e-3}, 30),
    ("vanishing", {"hidden": (20, 20, 20, 20), "activation": "sigmoid", "init": "xavier"}, 200),
    ("exploding", {"hidden": (30, 30, 30), "init": "normal", "std": 3.0, "learning_rate": 1e-5}, 2),
    ("rate", {"learning_rate": 8.0, "hidden": (8,)}, 12),
    ("dead", {"init": "zeros"}, 12),
    ("overfitting", {"noise": 0.3, "train_share": 0.2, "hidden": (300,), "learning_rate": 1.0}, 3000),
]


@pytest.mark.parametrize("name, settings, steps", CAUSES, ids=lambda value: str(value))
def test_what_is_wrong_with_a_run_is_named_and_nothing_else(page, name, settings, steps):
    experiment = Experiment(**settings, seed=1)
    data = experiment.load()
    training = experiment.training_on(data)
    events = list(training.events(steps, seconds=9))
    frame = [event for event in events if isinstance(event, Frame)][-1]
    body = "return it.causeOf(argument.frame, argument.sizes, argument.evaluation, argument.examples);"
    argument = {
        "frame": vars(frame), "sizes": training.network.sizes, "evaluation": vars(training.evaluate()),
        "examples": {"train": len(data.y_train), "val": len(data.y_val)},
    }  # fmt: skip
    cause = call(page, "cause.js", body, argument)
    assert (cause and cause["name"]) == name
    if cause:
        assert set(re.findall("{(.*?)}", texts.CAUSES[name]["why"])) <= {"layer", "size"}


RUN_COLOURS = """
    const theme = { runs: ["a", "b", "c", "d", "e", "f", "g"] };
    const run = { present: { number: argument.at(-1) }, earlierRuns: argument.slice(0, -1).map((number) => ({ number })) };
    return argument.map((number) => it.runColour(theme, run, number)).join("");
"""


@pytest.mark.parametrize(
    ("numbers", "colours"),
    [
        ([5, 4, 3, 2, 6], "fedcg"),
        ([8, 1, 15, 16], "cbde"),  # where older runs have the colour of a number, the next free one
        ([1, 2, 3, 4, 5, 6, 7, 8], "bcdefgab"),  # more runs than colours
    ],
)
def test_runs_in_the_list_have_colours_of_their_own(page, numbers, colours):
    assert call(page, "earlier_runs.js", RUN_COLOURS, numbers) == colours
