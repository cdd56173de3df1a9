"""The live page without a browser: every widget, the address bar, presets, and missing data."""

import json
from functools import partial
from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import local_script_runner

from nnlib.data import DATASETS
from nnlib.experiment.presets import PRESETS
from nnlib.experiment.settings import Experiment
from pages.settings import page_state
from pages.settings.settings_url import link_parameters
from pages.train import words as texts
from pages.train.settings import OPEN_PRESETS, TRAIN, with_limit
from pages.ui import drawn_first
from tests.pages.as_shown import as_shown
from tests.pages.meanwhile import ask_meanwhile
from tests.pages.opened import opened


@pytest.fixture(autouse=True)
def folders(tmp_path, monkeypatch):
    """Only generated data."""
    for name in ("NNLIB_DATA", "NNLIB_RUNS", "NNLIB_CACHE"):
        monkeypatch.setenv(name, str(tmp_path / name))


open_page = partial(opened, "train")
parse = local_script_runner.parse_tree_from_messages


def settings(at):
    return at.session_state["train"].settings


def key(at, name, part=""):
    return at.session_state["train"].key(name, part)


def widget(at, name, part=""):
    if name == "preset":
        part = f"_{TRAIN.preset_of(settings(at)) or 'own'}"
    return at.get_by_key(key(at, name, part))


def shown(at):
    return {
        str(each.key) for kind in ("selectbox", "slider", "number_input", "toggle", "select_slider") for each in at.get(kind)
    }


def test_a_plain_address_opens_the_default_experiment():
    at = open_page()
    assert settings(at) == TRAIN.default == Experiment(iterations=None)
    assert at.query_params == {}
    assert widget(at, "preset").value == "spiral"
    assert not at.warning


def test_the_network_comes_before_the_panel_when_the_page_is_opened_and_after_it_when_a_setting_is_changed(monkeypatch):
    runs, slept = [], []
    monkeypatch.setattr(drawn_first, "time", SimpleNamespace(sleep=slept.append))
    monkeypatch.setattr(drawn_first, "SECONDS", 0.4)
    monkeypatch.setattr(local_script_runner, "parse_tree_from_messages", lambda found: runs.append(found) or parse(found))

    def order():
        """Which of the live view and the panel's first widget the browser hears of first."""
        named = [name for each in runs[-1] for name in ("live_view", "set_train_preset") if name in str(each.delta.new_element)]
        return [*dict.fromkeys(named)]

    at = open_page()
    assert order() == ["live_view", "set_train_preset"] and sum(slept) == pytest.approx(0.4)
    widget(at, "noise").set_value(0.2).run()
    assert order() == ["set_train_preset", "live_view"] and sum(slept) == pytest.approx(0.4), "the page does not wait again"


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ({"features": "x2,x1"}, {"features": ("x1", "x2")}),
        ({"hidden": "4,4", "activations": "tanh"}, {"activations": ("tanh", "relu")}),
    ],
)
def test_where_the_panel_writes_a_link_in_full_view_and_address_follow(link, expected):
    at = open_page(**link)
    experiment = with_limit(settings(at))
    assert expected.items() <= experiment.by_name.items()
    assert live_view_data(at)["settings"] == experiment.to_dict()
    assert at.query_params == link_parameters(TRAIN, settings(at))


@pytest.mark.parametrize(("name", "other"), [("dataset", "moons"), ("preset", "xor")])
def test_a_choice_that_is_taken_back_before_the_page_is_drawn_is_taken_back(name, other, monkeypatch):
    at = open_page()
    requests = ask_meanwhile(monkeypatch, widget(at, name))
    widget(at, name).set_value(other).run()
    assert not requests
    assert settings(at) == TRAIN.default
    assert widget(at, name).value == "spiral"


def live_view_data(at):
    [view] = [each.proto for each in at.get("bidi_component") if "live_view" in each.proto.component_name]
    return json.loads(view.json)


MOVES = [
    ("dataset", "moons"),
    ("noise", 0.2),
    ("train_share", 0.7),
    ("activation", "tanh"),
    ("init", "xavier"),
    ("optimiser", "adam"),
    ("schedule", "cosine"),
    ("penalty", "l1"),
    ("seed", 9),
]


@pytest.mark.parametrize("name, value", MOVES)
def test_moving_a_widget_changes_the_setting_and_the_address(name, value):
    at = open_page()
    widget(at, name).set_value(value).run()
    assert not at.exception
    assert getattr(settings(at), name) == value
    assert at.query_params == {name: str(value)}
    assert widget(at, name).value == value


def test_inputs_are_switched_on_and_off():
    at = open_page(dataset="circles")
    pills = at.get_by_key(key(at, "features"))
    pills.set_value(["x2_squared", "x1"]).run()
    assert at.query_params["features"] == "x1,x2_squared"
    assert settings(at).features == ("x1", "x2_squared")
    at.get_by_key(key(at, "features")).set_value([]).run()
    assert "Choose at least one input" in at.error[0].value
    assert settings(at).features == ("x1", "x2_squared")


def test_every_layer_can_have_an_activation_of_its_own():
    at = open_page(hidden="8,8,8")
    widget(at, "activations").set_value(True).run()
    widget(at, "activations", "_1").set_value("tanh").run()
    assert at.query_params["activations"] == "relu,tanh,relu"
    assert settings(at).activation_of_layers == ["relu", "tanh", "relu"]
    widget(at, "hidden", "_layers").set_value(2).run()
    assert settings(at).activation_of_layers == ["relu", "tanh"]
    widget(at, "activations").set_value(False).run()
    assert at.query_params == {"hidden": "8,8"}


def test_a_limit_is_an_option_where_there_need_not_be_one():
    at = open_page()
    assert key(at, "iterations") not in shown(at)
    widget(at, "iterations", "_limit").set_value(True).run()
    widget(at, "iterations").set_value(777).run()
    assert at.query_params == {"iterations": "777"}
    widget(at, "iterations", "_limit").set_value(False).run()
    assert settings(at).iterations is None and at.query_params == {}
    widget(at, "schedule").set_value("cosine").run()
    assert at.query_params == {"schedule": "cosine"}
    at.run()
    assert key(at, "iterations", "_limit") not in shown(at) and widget(at, "iterations").value == 20_000


def test_layers_and_their_units():
    at = open_page()
    widget(at, "hidden", "_layers").set_value(3).run()
    assert settings(at).hidden == (50, 50, 50)
    widget(at, "hidden", "_1").set_value(20).run()
    assert settings(at).hidden == (50, 20, 50)
    assert at.query_params == {"hidden": "50,20,50"}
    widget(at, "hidden", "_layers").set_value(0).run()
    assert settings(at).hidden == ()
    widget(at, "hidden", "_layers").set_value(1).run()
    assert len(settings(at).hidden) == 1


def test_only_what_applies_is_shown():
    at = open_page()
    assert {key(at, "noise"), key(at, "train_share")} <= shown(at)
    assert not {key(at, "std"), key(at, "lr_decay"), key(at, "flips")} & shown(at)
    widget(at, "init").set_value("normal").run()
    widget(at, "schedule").set_value("decay").run()
    assert {key(at, "std"), key(at, "lr_decay")} <= shown(at)
    widget(at, "std").set_value(0.1).run()
    widget(at, "lr_decay").set_value(0.5).run()
    assert (settings(at).std, settings(at).lr_decay) == (0.1, 0.5)
    widget(at, "dataset").set_value("digits").run()
    assert not at.exception
    assert {key(at, "standardise"), key(at, "flips")} <= shown(at)
    assert not {key(at, "noise"), key(at, "train_share")} & shown(at)
    widget(at, "flips").set_value(True).run()
    assert settings(at).flips is True


def test_the_menu_of_presets_follows_the_other_widgets():
    at = open_page()
    before = widget(at, "preset").value
    widget(at, "activation").set_value("tanh").run()
    assert widget(at, "preset").value == "own"
    widget(at, "activation").set_value("relu").run()
    assert widget(at, "preset").value == before


def test_every_widget_has_help():
    at = open_page(init="normal", schedule="decay")
    widgets = [each for kind in ("selectbox", "slider", "number_input", "toggle", "select_slider") for each in at.get(kind)]
    assert len(widgets) > 10
    assert all(each.proto.help for each in widgets)


@pytest.mark.parametrize("key", PRESETS)
def test_a_preset_sets_everything(key):
    at = open_page(seed="5", activation="tanh")
    assert widget(at, "preset").value == "own"
    widget(at, "preset").set_value(key).run()
    assert not at.exception
    assert settings(at) == TRAIN.tidy(OPEN_PRESETS[key])
    assert at.query_params == link_parameters(TRAIN, OPEN_PRESETS[key])
    assert widget(at, "preset").value == key


def test_every_preset_has_a_title():
    assert PRESETS.keys() <= texts.PRESET_TITLES.keys()


def test_an_address_is_restored_exactly():
    parameters = {
        "dataset": "circles", "noise": "0.2", "hidden": "7,5", "activation": "sigmoid", "init": "normal", "std": "0.05",
        "learning_rate": "0.03", "batch_size": "11", "reg": "0.002", "penalty": "l1", "optimiser": "momentum",
        "schedule": "decay", "lr_decay": "0.9", "iterations": "321", "seed": "8", "train_share": "0.35",
    }  # fmt: skip
    at = open_page(**parameters)
    assert at.query_params == parameters
    assert settings(at).hidden == (7, 5)
    assert widget(at, "hidden", "_0").value == 7
    assert widget(at, "std").value == 0.05
    assert not at.warning


def test_the_back_button_restores_older_settings(monkeypatch):
    at = open_page()
    widget(at, "seed").set_value(3).run()
    at.query_params["seed"] = "2"
    monkeypatch.setattr(page_state, "went_through_history", lambda: True)
    at.run()
    assert settings(at).seed == 2
    assert widget(at, "seed").value == 2


def test_an_outdated_address_does_not_change_the_widgets():
    at = open_page()
    widget(at, "seed").set_value(3).run()
    del at.query_params["seed"]
    at.run()
    assert settings(at).seed == 3
    assert at.query_params == {"seed": "3"}
    del at.query_params["seed"]
    widget(at, "seed").set_value(4)
    widget(at, "activation").set_value("tanh").run()
    assert at.query_params == {"seed": "4", "activation": "tanh"}


def test_a_preset_replaces_only_the_widgets_it_changes():
    at = open_page()
    before = {name: key(at, name) for name in ("dataset", "noise", "seed", "activation", "hidden")}
    widget(at, "preset").set_value("moons").run()
    changed = {name for name, old in before.items() if key(at, name) != old}
    assert changed == {"dataset", "noise", "activation", "hidden"}
    before = {name: key(at, name) for name in before}
    widget(at, "dataset").set_value("xor").run()
    assert {name for name, old in before.items() if key(at, name) != old} == {"noise"}


def test_invalid_values_in_the_address_are_named_and_replaced():
    at = open_page(iterations="abc", seed="6")
    (warning,) = at.warning
    assert "iterations" in warning.value and "no limit" in warning.value
    assert settings(at) == TRAIN.default.having(seed=6)
    assert at.query_params == {"seed": "6"}


def test_another_kind_of_data_starts_with_suitable_settings():
    at = open_page()
    widget(at, "dataset").set_value("cifar10").run()
    assert not at.exception
    assert settings(at).learning_rate == PRESETS["report"].learning_rate
    widget(at, "dataset").set_value("spiral").run()
    assert settings(at).learning_rate == PRESETS["spiral"].learning_rate


def test_missing_data_are_offered_for_download_and_it_is_said_where_to_put_them(tmp_path):
    at = open_page(dataset="cifar10")
    assert at.get_by_key("download_start").label == "Download it"
    assert any(DATASETS["cifar10"].title in each.value for each in at.markdown)
    assert any(str(tmp_path / "NNLIB_DATA") in as_shown(each.value) for each in at.caption)


def test_uploaded_points_can_be_used():
    at = open_page(dataset="points")
    assert any("upload" in each.value for each in at.warning)
    rows = "".join(f"{i % 5},{i % 3},{'ab'[i % 2]}\n" for i in range(40))
    at.file_uploader[0].upload("mine.csv", b"x,y,label\n" + rows.encode()).run()
    assert not at.exception
    assert len(settings(at).points) == 64
    assert at.query_params["points"] == settings(at).points


def test_an_unclear_first_line_is_said_to_be_a_point():
    at = open_page(dataset="points")
    rows = "".join(f"{i % 5},{i % 7},{i % 3}\n" for i in range(40))
    at.file_uploader[0].upload("mine.csv", f"0,1,2\n{rows}".encode()).run()
    assert any("Line 1 (0, 1, 2) was read as a point" in as_shown(each.value) for each in at.caption)


def test_an_invalid_file_gives_a_one_sentence_error():
    at = open_page(dataset="points")
    at.file_uploader[0].upload("mine.csv", b"\xff\x00not a table").run()
    assert not at.exception
    assert any("mine.csv" in as_shown(each.value) for each in at.error)
    assert settings(at).points is None


def test_a_file_that_fails_takes_the_points_of_the_file_before_with_it():
    at = open_page(dataset="points")
    rows = "".join(f"{i % 5},{i % 3},{'ab'[i % 2]}\n" for i in range(40)).encode()
    at.file_uploader[0].upload("mine.csv", rows).run()
    assert settings(at).points and "points" in at.query_params
    at.file_uploader[0].upload("one label.csv", rows.replace(b"b", b"a")).run()
    assert settings(at).points is None and "points" not in at.query_params
    assert "all have the label" in at.error[0].value


def test_coming_back_from_another_page_keeps_the_run_and_the_settings():
    at = open_page(seed="3", run="a-run-of-mine")
    for address in ({}, {"seed": "3"}):
        at.switch_page("home/page.py").run()
        for name in list(at.query_params):
            del at.query_params[name]
        at.switch_page("train/page.py")
        for name, value in address.items():
            at.query_params[name] = value
        at.run()
        assert not at.exception
        assert at.query_params == {"seed": "3", "run": "a-run-of-mine"}


def test_a_link_from_another_page_opens_its_target():
    at = open_page(seed="3", run="a-run-of-mine")
    at.switch_page("home/page.py").run()
    at.switch_page("train/page.py")
    for name in list(at.query_params):
        del at.query_params[name]
    at.query_params["seed"] = "4"
    at.run()
    assert at.query_params == {"seed": "4"}


def test_the_name_of_an_experiment_stays_until_its_settings_change():
    at = open_page(seed=3, name="**Too** <b>fast")
    assert any(r"\*\*Too\*\* \<b\>fast" in each.value for each in at.markdown)
    assert at.query_params["name"] == "**Too** <b>fast"
    widget(at, "seed").set_value(4).run()
    assert "name" not in at.query_params
