"""The address bar's settings: what is written is read back, and no text raises."""

from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlib.data import DATASETS
from nnlib.experiment import FIELDS, Experiment
from nnlib.presets import PRESETS
from pages.shared.settings_url import link_parameters, query_string, read_link
from pages.shared.train_settings import TRAIN

DIGEST = "ab" * 32


def value_of(field):
    """Any value that a setting may have."""
    if field.kind == "choice":
        return st.sampled_from(field.choices)
    if field.kind == "int":
        return st.integers(int(field.low), int(field.high))
    if field.kind == "float":
        return st.floats(field.low, field.high)
    if field.kind == "bool":
        return st.booleans()
    if field.kind == "widths":
        return st.lists(st.integers(1, int(field.high)), max_size=5).map(tuple)
    return st.just(DIGEST)


experiments = st.fixed_dictionaries({name: value_of(field) for name, field in FIELDS.items()}).map(
    lambda values: Experiment(**values)
)


def test_the_default_experiment_needs_no_parameters():
    assert link_parameters(TRAIN, Experiment()) == {}
    assert read_link(TRAIN, {}) == (Experiment(), None, [])


@pytest.mark.parametrize("preset", PRESETS.values(), ids=PRESETS)
def test_a_preset_survives_its_link(preset):
    experiment, run, messages = read_link(TRAIN, dict(parse_qsl(query_string(TRAIN, preset))))
    assert TRAIN.tidy(experiment) == TRAIN.tidy(preset)
    assert run is None
    assert messages == []


@given(experiments)
def test_every_experiment_survives_its_link(experiment):
    restored, _, messages = read_link(TRAIN, dict(parse_qsl(query_string(TRAIN, experiment), keep_blank_values=True)))
    assert TRAIN.tidy(restored) == TRAIN.tidy(experiment)
    assert messages == []


@given(experiments)
def test_equal_experiments_have_equal_links(experiment):
    assert link_parameters(TRAIN, experiment) == link_parameters(TRAIN, TRAIN.tidy(experiment))
    assert all(TRAIN.applies(name, experiment) for name in link_parameters(TRAIN, experiment))


def test_no_hidden_layer_is_said_in_words():
    linear = Experiment(hidden=())
    assert link_parameters(TRAIN, linear) == {"hidden": "none"}
    assert read_link(TRAIN, {"hidden": "none"})[0] == linear


def test_the_noise_that_a_data_set_has_anyway_is_left_out():
    own = DATASETS["moons"].noise
    assert link_parameters(TRAIN, Experiment(dataset="moons", noise=own)) == {"dataset": "moons"}
    assert link_parameters(TRAIN, Experiment(dataset="moons", noise=0.3)) == {"dataset": "moons", "noise": "0.3"}


def test_the_run_stands_beside_the_settings():
    parameters = link_parameters(TRAIN, Experiment(seed=3), run="a-run-with_id")
    assert parameters == {"seed": "3", "run": "a-run-with_id"}
    assert read_link(TRAIN, parameters)[1] == "a-run-with_id"


@pytest.mark.parametrize(
    "name, text, told",
    [
        ("iterations", "abc", "20000"),
        ("learning_rate", "-1", "0.1"),
        ("learning_rate", "nan", "0.1"),
        ("hidden", "50,,50", "50"),
        ("hidden", "9999", "50"),
        ("dataset", "mnist", "spiral"),
        ("standardise", "maybe", "false"),
        ("noise", "7", "its own"),
    ],
)
def test_nonsense_falls_back_to_the_default_and_says_so(name, text, told):
    experiment, _, messages = read_link(TRAIN, {name: text, "seed": "4"})
    assert experiment == Experiment(seed=4)
    (message,) = messages
    assert name in message
    assert message.endswith(f"The default is used instead: {told}.")


def test_a_name_that_is_no_setting_is_mentioned():
    experiment, _, messages = read_link(TRAIN, {"momentum": "0.9"})
    assert experiment == Experiment()
    assert messages == ["“momentum” in the link is not a setting and was left out."]


def test_a_run_that_cannot_be_one_is_dropped():
    assert read_link(TRAIN, {"run": "../../etc/passwd"})[1] is None
    assert "run" in read_link(TRAIN, {"run": "../../etc/passwd"})[2][0]


texts = st.text(max_size=200)


@given(st.dictionaries(st.one_of(st.sampled_from([*FIELDS, "run"]), texts), texts, max_size=8))
def test_no_text_raises_and_what_is_read_is_an_experiment(parameters):
    experiment, run, messages = read_link(TRAIN, parameters)
    checked = {**experiment.to_dict(), "points": experiment.points or DIGEST}
    Experiment.from_dict(checked)
    assert read_link(TRAIN, link_parameters(TRAIN, experiment, run))[0] == TRAIN.tidy(experiment)
    assert all(len(message) < 400 for message in messages)
