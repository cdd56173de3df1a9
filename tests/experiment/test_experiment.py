import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlib.experiment.presets import PRESETS
from nnlib.experiment.settings import MAX_LAYERS, MAX_UNITS, Experiment


def built(**settings):
    experiment = Experiment.from_dict(settings)
    return experiment.training_on(experiment.load())


@pytest.mark.parametrize("name", PRESETS)
def test_presets_are_valid_and_survive_a_round_trip(name):
    assert Experiment.from_dict(PRESETS[name].to_dict()) == PRESETS[name]
    assert Experiment.from_dict(PRESETS[name].changes()) == PRESETS[name]


def test_the_first_preset_is_the_reports_final_network():
    name, report = next(iter(PRESETS.items()))
    assert name == "report"
    assert (report.hidden, report.learning_rate, report.iterations, report.std) == ((180,), 2e-3, 20_000, 1e-4)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"hiden": [5]}, "'hiden' is not a setting"),
        ({"hidden": [MAX_UNITS + 1]}, "hidden = "),
        ({"hidden": [4] * (MAX_LAYERS + 1)}, "hidden = "),
        ({"hidden": [True]}, "hidden = "),
        ({"hidden": 50}, "hidden = 50"),
        ({"learning_rate": "fast"}, "learning_rate = 'fast'"),
        ({"learning_rate": float("nan")}, "learning_rate = nan"),
        ({"learning_rate": True}, "learning_rate = True"),
        ({"batch_size": 2.5}, "batch_size = 2.5"),
        ({"train_share": 0.91}, "train_share = 0.91"),
        ({"iterations": 10**12}, "iterations = "),
        ({"dataset": ["spiral"]}, "dataset = "),
        ({"standardise": 1}, "standardise = 1"),
        ({"points": "../../etc/passwd"}, "points = "),
        ({"dataset": "points"}, "points is missing"),
        ([], "settings"),
    ],
)
def test_invalid_settings_give_a_one_sentence_error_that_names_them(settings, message):
    with pytest.raises(ValueError) as error:
        Experiment.from_dict(settings)
    assert message in str(error.value) and "\n" not in str(error.value)


NAMES = st.sampled_from(sorted(Experiment.FIELDS)) | st.text(max_size=5)
VALUES = st.none() | st.booleans() | st.floats() | st.integers() | st.text() | st.lists(st.integers(), max_size=3)


@given(st.dictionaries(NAMES, VALUES))
def test_any_settings_are_accepted_or_raise_a_value_error(settings):
    try:
        experiment = Experiment.from_dict(settings)
    except ValueError:
        return
    assert Experiment.from_dict(experiment.to_dict()) == experiment


@given(st.sampled_from(sorted(Experiment.FIELDS)), st.text())
def test_any_text_parses_or_raises_a_value_error(name, text):
    try:
        value = Experiment.parse(name, text)
    except ValueError:
        return
    assert Experiment.FIELDS[name].check(name, value) == value


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("hidden", "50, 40,30", (50, 40, 30)),
        ("hidden", "none", ()),
        ("learning_rate", "2e-3", 0.002),
        ("learning_rate", ".5", 0.5),
        ("flips", "True", True),
        ("seed", "7", 7),
        ("dataset", "moons", "moons"),
    ],
)
def test_text_is_parsed_to_its_value(name, text, value):
    assert Experiment.parse(name, text) == value


def test_a_built_experiment_trains_what_it_says():
    training = built(dataset="moons", hidden=(5, 4), iterations=30, batch_size=8)
    assert training.network.sizes == (2, 5, 4, 2)
    assert training.network.dtype == np.float32
    list(training.events())
    assert training.step == 30


def test_flips_change_what_is_drawn_but_not_how_reproducible_it_is():
    def weights(flips):
        training = built(dataset="digits", hidden=(5,), iterations=10, flips=flips)
        list(training.events())
        return training.network.params["W1"]

    np.testing.assert_array_equal(weights(True), weights(True))
    assert (weights(True) != weights(False)).any()


def test_the_vanishing_preset_stays_at_the_loss_of_guessing():
    training = built(**PRESETS["vanishing"].changes() | {"iterations": 2000})
    losses = [loss for event in training.events() for loss in getattr(event, "losses", [])]
    assert np.mean(losses[-100:]) == pytest.approx(np.log(3), abs=0.02)


def test_the_diverging_preset_diverges():
    assert "rose to" in list(built(**PRESETS["diverging"].changes()).events())[-1].reason


def test_smaller_limits_apply_to_defaults_and_presets_and_reject_more():
    code = """
from nnlib.experiment.settings import Experiment
from nnlib.experiment.presets import PRESETS
print(Experiment().iterations, PRESETS["best"].hidden, PRESETS["report"].batch_size)
Experiment.from_dict({"iterations": 6000})
"""
    limits = {"NNLIB_MAX_ITERATIONS": "5000", "NNLIB_MAX_UNITS": "32", "NNLIB_MAX_BATCH": "100"}
    process = subprocess.run([sys.executable, "-c", code], env={**os.environ, **limits}, capture_output=True, text=True)
    assert process.stdout == "5000 (32,) 100\n"
    assert process.stderr.endswith("ValueError: iterations = 6000: must be a whole number from 1 to 5,000.\n")
