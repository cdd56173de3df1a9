"""Depth, "Why it collapses": asks first, shows what nnlib computes, and predicts how a network will train."""

import re
from dataclasses import replace

import pytest

from nnlib.data import load_dataset
from nnlib.deep.predicted_signal import initial_variances
from nnlib.deep.settings import MlpExperiment
from nnlib.deep.signal_at_start import probe_images, signal_at_start
from pages.depth.why_words import BIASES, meaning
from tests.pages.opened import opened
from tests.pages.questions import commit

DIGITS = MlpExperiment(dataset="digits", depth=3, device="cpu")
ANSWER = "About 1/40,000"


def open_why(answer=ANSWER, **parameters):
    at = opened("depth", **{"part": "why-it-collapses", "dataset": "digits", "depth": "3"} | parameters)
    if answer:
        commit(at, answer)
    assert not at.exception
    return at


def table(at):
    return next((each.value for each in at.html if 'data-testid="signal-by-layer"' in each.value), "")


def rows(at):
    """The cells of each layer as numbers, without the name."""
    found = re.findall("<tr>(.*?)</tr>", table(at).split("<tbody>")[1])
    cells = [[re.sub("<.*?>", "", cell) for cell in re.findall("<td>(.*?)</td>", row)] for row in found]
    return [[_number(cell.rstrip("*")) for cell in row] for row in cells]


def _number(text):
    """2.6e−5, 3,072, −0.1"""
    return float(text.replace("−", "-").replace(",", ""))


def looked(experiment, draws=1):
    data = load_dataset("digits", seed=experiment.seed)
    return signal_at_start(experiment, probe_images(data.X_train, 200), data.y_train[:200], 10, draws)


def widget(kind, label):
    return next(each for each in kind if each.label == label)


def words(at):
    return " ".join(each.value for each in at.markdown)


@pytest.mark.parametrize(
    ("settings", "title"),
    [
        ({}, "The gradient fades:"),
        ({"init": "he"}, "The gradient arrives:"),
        ({"init": "normal", "std": "0.1", "activation": "sigmoid", "depth": "8"}, "The gradient fades:"),
    ],
)
def test_the_title_above_the_gradients_says_what_is_drawn(settings, title):
    assert any(each.value.startswith(f"**{title}") for each in open_why(**settings).markdown)


def test_the_part_asks_before_it_shows():
    at = open_why(answer=None)
    (question,) = at.radio
    assert ANSWER in question.options and not table(at) and "What helps" not in [each.value for each in at.header]
    commit(at)
    assert table(at) and "What helps" in [each.value for each in at.header]


def test_the_prediction_is_stored_under_its_page():
    stored = open_why().session_state["progress"].predictions["signal_factor"]
    assert (stored.lesson, stored.right) == ("depth", True)


def test_the_table_shows_the_values_of_nnlib():
    at = open_why()
    expected = looked(DIGITS)
    shown = rows(at)
    assert [row[0] for row in shown] == [64, 50, 40, 30] == [layer.inputs for layer in expected]
    for row, layer, half in zip(shown, expected, (2, 2, 2, 1), strict=True):
        figures = [layer.deviation, layer.inputs * 1e-6 / half, layer.predicted, layer.measured]
        figures += [layer.gradient_predicted, layer.gradient_measured, layer.gradient_norm, layer.gradient_of_a_weight, 1e-6]
        assert row[1:] == pytest.approx(figures, rel=0.06, abs=1e-30)
    assert len(at.get("vega_lite_chart")) == 2


def test_the_controls_start_with_the_page_settings_and_change_only_this_part():
    at = open_why(depth="4", init="he", batch_norm="true")
    depth, init = widget(at.slider, "Hidden layers"), widget(at.selectbox, "Initial weights")
    norm = widget(at.segmented_control, "Normalisation")
    assert (depth.value, init.value, norm.value) == (4, "he", "BatchNorm")
    depth.set_value(2)
    init.set_value("xavier").run()
    widget(at.segmented_control, "Normalisation").set_value("none").run()
    assert not at.exception
    expected = looked(replace(DIGITS, depth=2, init="xavier"))
    assert [row[4] for row in rows(at)] == pytest.approx([layer.measured for layer in expected], abs=0.006)
    assert (at.query_params["depth"], at.query_params["init"]) == ("4", "he")


def test_an_average_over_draws_is_shown_on_request():
    at = open_why(init="he")
    widget(at.toggle, "Average over 10 draws").set_value(True).run()
    expected = looked(replace(DIGITS, init="he"), draws=10)
    assert [row[4] for row in rows(at)] == pytest.approx([layer.measured for layer in expected], abs=0.006)


@pytest.mark.parametrize("init", ["normal", "he", "xavier", "torch", "orthogonal"])
@pytest.mark.parametrize("activation", ["relu", "tanh"])
def test_every_kind_of_first_weights_and_activation_is_shown(init, activation):
    assert len(rows(open_why(init=init, activation=activation))) == 4


def test_a_network_too_large_to_be_drawn_is_predicted():
    at = open_why(widths="4096", depth="3", init="he")
    assert "too large to be drawn" in " ".join(each.value for each in at.caption)
    assert len(at.get("vega_lite_chart")) == 2 and table(at).count("–") == 4 * 4


def test_every_derivation_is_offered():
    at = open_why()
    choice = widget(at.segmented_control, "Derivation")
    titles = set()
    for name in choice.options:
        widget(at.segmented_control, "Derivation").set_value(name).run()
        assert not at.exception
        titles |= {each.value for each in at.subheader}
    assert len(choice.options) == 8 and len(titles) == 8


def test_the_link_onward_opens_the_experiment_with_the_chosen_settings():
    at = open_why()
    widget(at.slider, "Hidden layers").set_value(5)
    widget(at.selectbox, "Initial weights").set_value("he").run()
    at.button(key="why_onward").click().run()
    assert not at.exception and not table(at)
    assert at.query_params == {"dataset": "digits", "depth": "5", "init": "he"}


@pytest.mark.parametrize(
    "changes, said",
    [
        ({}, "Weight decay adds 0.001"),
        ({"init": "he"}, "keeps its size"),
        ({"batch_norm": True}, "keeps its size"),
        ({"weight_decay": 0.0}, "still large enough"),
        ({"optimiser": "adamw"}, "still large enough"),
        ({"weight_decay": 0.0, "depth": 8}, "Adam divides by the size of the gradient plus"),
        ({"optimiser": "momentum"}, "steps to lower the loss"),
        ({"optimiser": "sgd", "init": "he"}, "keeps its size"),
        ({"std": 1.0}, "grows"),
        ({"depth": 1}, "still large enough"),
    ],
)
def test_the_figures_are_explained(changes, said):
    experiment = replace(DIGITS, **changes)
    explanation = meaning(experiment, looked(experiment))
    assert said in explanation
    assert (
        (BIASES in explanation)
        == ("signal is lost" in explanation)
        == (not {"keeps its size", "grows", "still large enough"} & {said})
    )
    if "weight_decay" in changes or "optimiser" in changes:
        assert "Weight decay adds" not in explanation


def test_residual_connections_and_layer_norm_are_tried_and_taken_along():
    at = open_why()
    widget(at.toggle, "Residual connections").set_value(True).run()
    widget(at.segmented_control, "Normalisation").set_value("LayerNorm").run()
    expected = looked(replace(DIGITS, widths=(50,), residual=True, layer_norm=True))
    assert [row[7] for row in rows(at)] == pytest.approx([layer.gradient_norm for layer in expected], rel=0.06)
    assert any("All layers have 50 units here" in each.value for each in at.caption)
    at.button(key="why_onward").click().run()
    taken = {"dataset": "digits", "depth": "3", "widths": "50", "layer_norm": "true", "residual": "true"}
    assert not at.exception and at.query_params == taken


def test_what_the_text_says_of_factors_is_what_is_computed():
    def factors(of, **changes):
        layers = looked(replace(DIGITS, depth=16, widths=(50,), **changes))
        return [(getattr(b, of) / getattr(a, of)) ** 2 for a, b in zip(layers[1:], layers[2:-1])]

    assert factors("predicted", init="xavier") == pytest.approx([1 / 2] * 14)
    assert factors("predicted", std=1e-3, activation="tanh") == pytest.approx([1 / 20_000] * 14, rel=1e-3)
    assert initial_variances("torch", 0.0, 50, 50)[0] * 50 / 2 == pytest.approx(1 / 6)
    growth = factors("gradient_predicted", init="he", batch_norm=True)
    assert growth == pytest.approx([1 / 1.2**2] * 14, rel=0.05)


def test_zero_weights_are_explained():
    at = open_why(std="0")
    assert "signal is lost" in words(at)
