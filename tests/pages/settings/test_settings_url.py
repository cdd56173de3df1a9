"""Settings in the address bar: what is written is read back, and no text raises an error."""

from urllib.parse import parse_qsl

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from nnlib.data import DATASETS
from nnlib.deep.settings import DepthTable
from nnlib.experiment.settings import Experiment
from pages.depth.settings import DEPTH
from pages.settings.settings_url import LONGEST_NAME, link_parameters, query_string, read_link, read_name
from pages.train.settings import TRAIN, with_limit

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
        lengths = {"min_size": field.shortest, "max_size": min(field.longest, 5)}
        return st.lists(st.integers(1, int(field.high)), **lengths).map(tuple)
    if field.kind == "names":
        most = field.longest if field.repeats else len(field.choices)
        some = st.lists(st.sampled_from(field.choices), min_size=field.shortest, max_size=most, unique=not field.repeats)
        return some.map(tuple)
    return st.just(DIGEST)


def settings_of(page):
    """The page, and any settings that go together."""
    values = st.fixed_dictionaries({name: value_of(field) for name, field in page.fields.items()})
    return st.tuples(st.just(page), values.map(lambda values: page.correct(page.default.having(**values))[0]))


pages_and_settings = st.sampled_from([TRAIN, DEPTH]).flatmap(settings_of)
PRESETS = [(page, page.with_preset(page.default, name)) for page in (TRAIN, DEPTH) for name in page.presets]


@pytest.mark.parametrize("page", [TRAIN, DEPTH], ids=lambda page: page.page)
def test_the_default_settings_need_no_parameters(page):
    assert link_parameters(page, page.default) == {}
    assert read_link(page, {}) == (page.default, None, [])


@pytest.mark.parametrize("page, settings", PRESETS)
def test_a_preset_survives_its_link(page, settings):
    read, run, messages = read_link(page, dict(parse_qsl(query_string(page, settings))))
    assert page.tidy(read) == page.tidy(settings)
    assert run is None
    assert messages == []


@given(pages_and_settings)
def test_all_settings_survive_their_link(case):
    page, settings = case
    restored, _, messages = read_link(page, dict(parse_qsl(query_string(page, settings), keep_blank_values=True)))
    assert page.tidy(restored) == page.tidy(settings)
    assert messages == []


@pytest.mark.parametrize("page", [TRAIN, DEPTH], ids=lambda page: page.page)
def test_every_single_name_of_a_list_survives_its_link(page):
    for name, field in page.fields.items():
        for choice in field.choices if field.kind == "names" else ():
            assert page.kind.parse(name, choice) == (choice,)  # and is not the word for an empty list


@given(pages_and_settings)
def test_equal_settings_have_equal_links(case):
    page, settings = case
    assert link_parameters(page, settings) == link_parameters(page, page.tidy(settings))
    assert all(settings.applies(name) for name in link_parameters(page, settings))


def test_no_hidden_layer_is_written_in_words():
    linear = TRAIN.default.having(hidden=())
    assert link_parameters(TRAIN, linear) == {"hidden": "none"}
    assert read_link(TRAIN, {"hidden": "none"})[0] == linear


def test_the_default_noise_of_a_data_set_is_left_out():
    own = DATASETS["moons"].noise
    assert link_parameters(TRAIN, TRAIN.default.having(dataset="moons", noise=own)) == {"dataset": "moons"}
    assert link_parameters(TRAIN, TRAIN.default.having(dataset="moons", noise=0.3)) == {"dataset": "moons", "noise": "0.3"}


def test_a_run_of_points_has_no_limit_unless_the_link_names_one_and_images_always_end():
    assert read_link(TRAIN, {"dataset": "moons"})[0].iterations is None
    assert read_link(TRAIN, {"iterations": "none"})[0].iterations is None
    assert link_parameters(TRAIN, TRAIN.default.having(iterations=20_000)) == {"iterations": "20000"}
    for parameters in ({"dataset": "digits"}, {"schedule": "cosine"}):
        settings = with_limit(read_link(TRAIN, parameters)[0])
        assert settings.iterations == 20_000 and link_parameters(TRAIN, settings) == parameters


def test_the_link_has_the_run_and_the_settings():
    parameters = link_parameters(TRAIN, TRAIN.default.having(seed=3), run="a-run-with_id")
    assert parameters == {"seed": "3", "run": "a-run-with_id"}
    assert read_link(TRAIN, parameters)[1] == "a-run-with_id"


@pytest.mark.parametrize(
    "name, text, fallback",
    [
        ("iterations", "abc", "no limit"),
        ("learning_rate", "-1", "0.1"),
        ("learning_rate", "nan", "0.1"),
        ("hidden", "50,,50", "50"),
        ("hidden", "9999", "50"),
        ("dataset", "mnist", "spiral"),
        ("standardise", "maybe", "false"),
        ("noise", "7", "its own"),
    ],
)
def test_invalid_values_fall_back_to_the_default_with_a_message(name, text, fallback):
    experiment, _, messages = read_link(TRAIN, {name: text, "seed": "4"})
    assert experiment == TRAIN.default.having(seed=4)
    (message,) = messages
    assert name in message
    assert message.endswith(f"The default is used instead: {fallback}.")


def test_an_unknown_setting_is_named():
    experiment, _, messages = read_link(TRAIN, {"momentum": "0.9"})
    assert experiment == TRAIN.default
    assert messages == ["“momentum” in the link is not a setting and was left out."]


def test_an_invalid_run_id_is_dropped():
    assert read_link(TRAIN, {"run": "../../etc/passwd"})[1] is None
    assert "run" in read_link(TRAIN, {"run": "../../etc/passwd"})[2][0]


texts = st.text(max_size=200)


@given(st.dictionaries(st.one_of(st.sampled_from([*TRAIN.fields, "run"]), texts), texts, max_size=8))
def test_any_text_is_read_as_an_experiment_without_an_error(parameters):
    experiment, run, messages = read_link(TRAIN, parameters)
    checked = {**experiment.to_dict(), "points": experiment.points or DIGEST}
    Experiment.from_dict(checked)
    assert read_link(TRAIN, link_parameters(TRAIN, experiment, run))[0] == TRAIN.tidy(experiment)
    assert all(len(message) < 400 for message in messages)


numbers = st.lists(st.integers(-1, 2**31), max_size=9).map(lambda each: ",".join(map(str, each)))


@given(st.dictionaries(st.one_of(st.sampled_from([*DEPTH.fields, "run", "part"]), texts), texts | numbers, max_size=8))
@example({"widths": "5283"})
def test_any_text_is_read_as_a_table_of_depths_without_an_error(parameters):
    settings, run, messages = read_link(DEPTH, parameters)
    try:
        assert DepthTable.from_dict(settings.to_dict()) == settings
    except ValueError as refused:  # each is valid but the combination may be too large, which Start reports
        assert "are allowed here" in str(refused)
    assert read_link(DEPTH, link_parameters(DEPTH, settings, run))[0] == DEPTH.tidy(settings)
    assert all(len(message) < 400 for message in messages)


def test_a_depth_named_twice_is_trained_once():
    settings, _, messages = read_link(DEPTH, {"depths": "3,1,3"})
    assert settings == DepthTable().having(depths=(1, 3))
    assert len(messages) == 1 and "twice" in messages[0]


def test_seeds_stop_at_the_largest_seed():
    settings, _, messages = read_link(DEPTH, {"seed": str(2**31 - 2), "seeds": "5"})
    assert settings == DepthTable().having(seed=2**31 - 2, seeds=2)
    assert len(messages) == 1


def test_the_part_of_the_page_is_not_a_setting():
    assert read_link(DEPTH, {"part": "table", "depth": "4"}) == (DepthTable().having(depth=4), None, [])
    assert read_link(TRAIN, {"part": "table"})[2] != []


def test_the_name_of_an_experiment_is_a_line_of_text_and_no_setting():
    assert read_link(TRAIN, {"name": "x", "seed": "4"}) == (TRAIN.default.having(seed=4), None, [])
    assert read_name({"name": "  Too \n fast? "}) == "Too fast?"
    assert read_name({"name": "x" * 200}) == "x" * LONGEST_NAME
    assert read_name({}) == read_name({"name": "\u202ex"}) == ""
