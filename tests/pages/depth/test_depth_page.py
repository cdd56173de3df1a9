"""Depth without a browser: its parts, sidebar and address, and missing data or devices."""

from functools import partial

import pytest

from nnlib.deep.devices_here import Found
from nnlib.deep.settings import MLP_PRESETS, DepthTable, MlpExperiment
from pages.depth import live, panel
from pages.depth.settings import DEPTH
from pages.settings.settings_url import link_parameters
from pages.ui import address
from tests.pages.as_shown import as_shown
from tests.pages.opened import opened

WIDGETS = ("selectbox", "slider", "number_input", "toggle", "select_slider", "text_input", "pills", "button_group")
PARTS = ("experiment", "why-it-collapses", "table", "leaderboard")
NO_GPU = Found({"cpu": "processor, 2 threads, 8 GB"}, "this PyTorch was built without CUDA")
GPU = Found({"cuda:0": "NVIDIA H100, 79 GB", "cpu": "processor, 16 threads"}, None)


@pytest.fixture(autouse=True)
def folders(tmp_path, monkeypatch):
    """No data but the digits, no runs, and a machine without a GPU."""
    for name in ("NNLIB_DATA", "NNLIB_RUNS", "NNLIB_CACHE"):
        monkeypatch.setenv(name, str(tmp_path / name))
    monkeypatch.setattr(panel, "devices_here", lambda: NO_GPU)


@pytest.fixture
def view_data(monkeypatch):
    """The last data passed to the live view, and its callbacks."""
    received = {}

    def live_view(data, on_run, on_adopt, on_predicted):
        received.update(data, on_run=on_run, on_adopt=on_adopt)

    monkeypatch.setattr(live, "live_view", live_view)
    return received


open_page = partial(opened, "depth")


def state(at):
    return at.session_state["depth"]


def settings(at):
    return state(at).settings


def widget(at, name):
    if name == "preset":
        return at.get_by_key(state(at).key("preset", f"_{DEPTH.preset_of(settings(at)) or 'own'}"))
    return at.get_by_key(state(at).key(name))


def shown(at):
    return {str(each.key) for kind in WIDGETS for each in at.get(kind)}


def go(at, part):
    at.get_by_key("part_depth").set_value(part).run()
    assert not at.exception
    return at


@pytest.mark.parametrize("part", PARTS)
def test_every_part_opens_by_its_link(part):
    at = open_page(part=part)
    assert at.get_by_key("part_depth").value == part
    assert at.query_params == ({} if part == "experiment" else {"part": part})
    assert not at.warning


def test_the_page_starts_with_the_network_of_the_report():
    at = open_page()
    assert settings(at) == DepthTable()
    assert widget(at, "preset").value == "report"
    assert any("3072 → 50 → 40 → 10, 156,000 weights" in each.value for each in at.caption)
    assert any("depth to 3" in each.value for each in at.caption)


MOVES = [
    ("depth", 3, "3"),
    ("init", "he", "he"),
    ("batch_norm", True, "true"),
    ("activation", "tanh", "tanh"),
    ("dropout", 0.4, "0.4"),
    ("optimiser", "adamw", "adamw"),
    ("learning_rate", 0.002, "0.002"),
    ("weight_decay", 0.0, "0.0"),
    ("schedule", "one_cycle", "one_cycle"),
    ("label_smoothing", 0.1, "0.1"),
    ("dataset", "digits", "digits"),
    ("shift", 3, "3"),
    ("flips", True, "true"),
    ("batch_size", 250, "250"),
    ("epochs", 2, "2"),
    ("device", "cpu", "cpu"),
    ("seed", 4, "4"),
]


@pytest.mark.parametrize("name, value, text", MOVES)
def test_moving_a_widget_changes_the_setting_and_the_address(name, value, text):
    at = open_page()
    widget(at, name).set_value(value).run()
    assert not at.exception
    assert settings(at).by_name[name] == value
    assert at.query_params == {name: text}


def test_sigma_is_offered_only_where_the_weights_are_drawn_with_it():
    at = open_page()
    widget(at, "std").set_value(0.1).run()
    assert settings(at).network.std == 0.1
    widget(at, "init").set_value("he").run()
    assert state(at).key("std") not in shown(at)
    assert "std" not in at.query_params


def test_the_decay_is_offered_only_where_the_rate_decays():
    at = open_page()
    assert state(at).key("lr_decay") in shown(at)
    widget(at, "schedule").set_value("cosine").run()
    assert state(at).key("lr_decay") not in shown(at)


@pytest.mark.parametrize(
    "typed, widths",
    [("512", (512,)), ("50, 40", (50, 40)), ("64 32;16", (64, 32, 16)), (" 7,7,7 ", (7, 7, 7)), ("2x9,8", (9, 9, 8))],
)
def test_widths_can_be_typed(typed, widths):
    at = open_page()
    widget(at, "widths").set_value(typed).run()
    assert not at.exception and not at.error
    assert settings(at).network.widths == widths
    assert at.query_params == {"widths": ",".join(map(str, widths))}


@pytest.mark.parametrize("typed", ["", "many", "50, 0", "9x1,8x2", "99999999", "12.5", "-3"])
def test_invalid_widths_are_rejected_and_nothing_can_be_started(typed, view_data):
    at = open_page(dataset="digits")
    assert view_data["problem"] is None
    widget(at, "widths").set_value(typed).run()
    assert not at.exception
    (error,) = at.error
    assert as_shown(error.value).startswith("Widths: type 1 to 16 whole numbers")
    assert view_data["problem"].startswith("Widths: type 1 to 16 whole numbers")
    widget(at, "widths").set_value("40").run()
    assert not at.error and view_data["problem"] is None and settings(at).network.widths == (40,)


def test_one_width_serves_all_layers():
    at = open_page(widths="512", depth="3")
    assert any("3072 → 512 → 512 → 512 → 10" in each.value for each in at.caption)


def test_the_menu_of_presets_follows_the_other_widgets():
    at = open_page()
    before = widget(at, "preset").value
    widget(at, "activation").set_value("tanh").run()
    assert widget(at, "preset").value == "own"
    widget(at, "activation").set_value("relu").run()
    assert widget(at, "preset").value == before


def test_every_widget_has_help():
    for part in ("experiment", "table"):
        at = open_page(part=part)
        ours = [each for kind in WIDGETS for each in at.get(kind) if str(each.key).startswith("set_")]
        assert len(ours) > 15
        assert all(each.proto.help for each in ours)


@pytest.mark.parametrize("preset", MLP_PRESETS)
def test_a_preset_sets_all_but_device_and_seed(preset):
    at = open_page(activation="tanh", seed="5", device="cpu", depth="2")
    assert widget(at, "preset").value == "own"
    widget(at, "preset").set_value(preset).run()
    assert not at.exception
    now, wanted = settings(at).network, MLP_PRESETS[preset]
    assert (now.seed, now.device) == (5, "cpu")
    now, wanted = now.by_name, DEPTH.tidy(DepthTable(wanted)).by_name
    assert {name for name in now if now[name] != wanted[name]} <= {"seed", "device", "precision"}
    assert widget(at, "preset").value == preset


def test_the_network_of_the_report_is_recognised_at_any_depth():
    at = open_page(depth="3")
    assert widget(at, "preset").value == "report"


def test_the_best_preset_recommends_a_gpu():
    at = open_page(**link_parameters(DEPTH, DepthTable(MLP_PRESETS["best"])))
    assert widget(at, "preset").value == "best"
    assert any("use a GPU" in each.value for each in at.caption)
    assert "GPU" in widget(at, "preset").proto.help


def test_devices_are_named_and_precision_is_offered_only_on_a_gpu(monkeypatch):
    at = open_page()
    assert widget(at, "device").options == ["the best available", "cpu: processor, 2 threads, 8 GB"]
    assert any(
        "The best here: processor, 2 threads" in as_shown(each.value) and "without CUDA" in as_shown(each.value)
        for each in at.caption
    )
    assert state(at).key("precision") not in shown(at)
    monkeypatch.setattr(panel, "devices_here", lambda: GPU)
    at.run()
    assert widget(at, "device").options[:2] == ["the best available", "cuda:0: NVIDIA H100, 79 GB"]
    widget(at, "precision").set_value("tf32").run()
    assert at.query_params == {"precision": "tf32"}
    widget(at, "device").set_value("cpu").run()
    assert state(at).key("precision") not in shown(at)
    assert at.query_params == {"device": "cpu"}


def test_the_cluster_can_be_chosen_and_uses_its_own_data(monkeypatch, view_data):
    lab = "the lab's GPU, through tcp://lab:8786 (2 workers)"
    monkeypatch.setattr(panel, "devices_here", lambda: Found({**NO_GPU.titles, "cluster": lab}, NO_GPU.cuda))
    at = open_page()
    assert widget(at, "device").options[-1] == "the lab's GPU" and settings(at).network.device == "auto"
    assert any(f"There is also {lab}." in as_shown(each.value) for each in at.caption) and view_data["problem"]
    widget(at, "device").set_value("cluster").run()
    assert at.query_params == {"device": "cluster"} and view_data["settings"]["device"] == "cluster"
    assert view_data["problem"] is None
    widget(at, "precision").set_value("bf16").run()
    assert at.query_params == {"device": "cluster", "precision": "bf16"}


def test_a_link_may_name_the_cluster_when_there_is_none(monkeypatch):
    at = open_page(device="cluster")
    assert widget(at, "device").value == "cluster"
    assert any("without NNLIB_SCHEDULER" in as_shown(each.value) for each in at.caption)
    why = "no worker of the scheduler tcp://lab:8786 offers a GPU"
    monkeypatch.setattr(panel, "devices_here", lambda: Found(NO_GPU.titles, NO_GPU.cuda, why))
    at.run()
    assert any(f"No GPU of the lab: {why}." in as_shown(each.value) for each in at.caption)


def test_the_names_of_other_machines_are_no_markdown_and_commands_can_be_copied(monkeypatch):
    lab, why = "[lab](http://x) *a*", "start one with `python -m dask worker tcp://lab_1_:8786`"
    monkeypatch.setattr(panel, "devices_here", lambda: Found({"cuda:0": lab}, None, why))
    (caption,) = (each.value for each in open_page().caption if "The best here" in each.value)
    assert lab not in caption and lab in as_shown(caption)
    assert why.partition("`")[2] in caption


def test_a_page_does_not_wait_for_the_devices(monkeypatch):
    monkeypatch.setattr(panel, "devices_here", lambda: None)
    at = open_page(device="cuda:1")
    assert widget(at, "device").options == ["the best available", "cuda:1"]
    assert any("Looking for devices" in each.value for each in at.caption)


def test_an_address_is_restored_exactly_whatever_the_part():
    parameters = {
        "depth": "8", "widths": "30,20", "init": "orthogonal", "batch_norm": "true", "dropout": "0.25", "optimiser": "momentum",
        "learning_rate": "0.003", "weight_decay": "1e-05", "schedule": "cosine", "label_smoothing": "0.2", "shift": "2",
        "flips": "true", "batch_size": "64", "epochs": "3", "device": "mps", "seed": "7", "depths": "2,5", "seeds": "3",
        "activation": "sigmoid", "dataset": "digits",
    }  # fmt: skip
    for part in PARTS:
        asked = parameters | ({} if part == "experiment" else {"part": part})
        at = open_page(**asked)
        assert at.query_params == asked
        assert not at.warning
        assert go(at, "experiment").query_params == parameters


def test_invalid_values_in_the_address_are_named_and_replaced():
    at = open_page(depth="17", momentum="1", seed="3", part="nowhere")
    (warning,) = at.warning
    assert all(name in warning.value for name in ("nowhere", "depth", "momentum")) and warning.value.count("\n- ") == 2
    assert at.query_params == {"seed": "3"}
    assert at.get_by_key("part_depth").value == "experiment"
    widget(at, "epochs").set_value(3).run()
    assert not at.warning


def test_each_part_has_its_own_run_and_the_address_names_the_visible_one(view_data):
    at = open_page(run="a-depth-run")
    assert (view_data["lab"], view_data["run"]) == ("depth", "a-depth-run")
    go(at, "table")
    assert (view_data["lab"], view_data["run"]) == ("table", None)
    assert at.query_params == {"part": "table"}
    view_data["on_run"]("a-table-run")
    at.run()
    assert at.query_params == {"part": "table", "run": "a-table-run"}
    assert go(at, "leaderboard").query_params == {"part": "leaderboard"}
    assert go(at, "experiment").query_params == {"run": "a-depth-run"}
    assert go(at, "table").query_params == {"part": "table", "run": "a-table-run"}
    assert view_data["run"] == "a-table-run"


def test_the_run_in_a_link_to_the_table_belongs_to_the_table(view_data):
    at = open_page(part="table", run="a-table-run", init="he")
    assert (view_data["lab"], view_data["run"]) == ("table", "a-table-run")
    go(at, "experiment")
    assert view_data["run"] is None
    assert at.query_params == {"init": "he"}


def test_the_back_button_restores_part_settings_and_run(view_data, monkeypatch):
    at = open_page(run="a-depth-run")
    go(at, "table")
    widget(at, "init").set_value("he").run()
    del at.query_params["part"]
    del at.query_params["init"]
    at.query_params["run"] = "a-depth-run"
    monkeypatch.setattr(address, "get_script_run_ctx", lambda: type("Ctx", (), {"is_history_navigation": True}))
    at.run()
    assert (view_data["lab"], view_data["run"]) == ("depth", "a-depth-run")
    assert settings(at) == DepthTable()


def test_coming_back_from_another_page_keeps_part_run_and_settings():
    at = open_page(part="table", run="a-table-run", init="he")
    at.switch_page("home/page.py").run()
    for name in list(at.query_params):
        del at.query_params[name]
    at.switch_page("depth/page.py").run()
    assert not at.exception
    assert at.query_params == {"part": "table", "run": "a-table-run", "init": "he"}


def test_the_experiment_passes_the_view_everything_it_needs(view_data):
    at = open_page(dataset="digits", depth="3", batch_size="100", epochs="4")
    assert MlpExperiment.from_dict(view_data["settings"]) == MlpExperiment(dataset="digits", depth=3, batch_size=100, epochs=4)
    assert view_data["iterations"] == 4 * 12  # whole batches of 1,297 digits
    assert [layer["layer"] for layer in view_data["signal"]["layers"]] == [1, 2, 3, 4]
    assert view_data["signal"]["obstacle"] == "drowned"
    faint = view_data["signal"]["layers"][-1]["measured"]
    assert view_data["preview"]["image_shape"] == (8, 8, 1)
    assert view_data["query"] == "dataset=digits&depth=3&batch_size=100&epochs=4"
    assert view_data["table"] is None and view_data["problem"] is None
    widget(at, "init").set_value("he").run()
    assert view_data["signal"]["layers"][-1]["measured"] > 1e4 * faint
    assert view_data["signal"]["obstacle"] is None


def test_the_report_s_figures_are_shown_with_their_settings(view_data):
    open_page(depth="3", init="he")
    best, *table = view_data["references"]
    for name, value in best["settings"].items():
        assert value == MLP_PRESETS["report-best"].to_dict()[name]
    assert not {"seed", "device"} & best["settings"].keys()
    assert (len(best["val_accuracy"]), best["val_accuracy"][0], best["val_accuracy"][-1]) == (20, 0.395, 0.558)
    assert {each["settings"]["depth"]: each["final"] for each in table} == {1: 0.508, 2: 0.506, 3: 0.087, 4: 0.078}
    open_page(depth="3")
    settings = {name: view_data["settings"][name] for name in best["settings"]}
    assert [each["final"] for each in view_data["references"] if each["settings"] == settings] == [0.087]


def test_the_twenty_epochs_of_the_best_model_are_shown_below_it(view_data):
    at = open_page(**link_parameters(DEPTH, DepthTable(MLP_PRESETS["report-best"])))
    assert view_data["references"][0]["settings"].items() <= view_data["settings"].items()
    table = next(each.value for each in at.html if "report-by-epoch" in each.value)
    assert table.count("<tr>") == 21 and "55.8 %" in table


def test_the_table_uses_the_other_settings_and_states_the_differences(view_data):
    at = open_page(depth="3", seed="2")
    go(at, "table")
    assert any("the report's" in each.value for each in at.markdown)
    assert view_data["settings"] == DepthTable().having(seed=2).to_dict()
    assert view_data["iterations"] == 4 * 10 * 245
    assert view_data["table"]["report"] == {"1": 0.508, "2": 0.506, "3": 0.087, "4": 0.078}
    widget(at, "init").set_value("he").run()
    widget(at, "dropout").set_value(0.2).run()
    assert DepthTable.from_dict(view_data["settings"]) == DepthTable().having(seed=2, init="he", dropout=0.2)
    told_ = next(each.value for each in at.markdown if each.value.startswith("Not as in the report"))
    assert told_ == "Not as in the report: initial weights He instead of σ\u00a0=\u00a00.001; dropout 0.2 instead of 0."
    assert view_data["query"].endswith("part=table")


def test_depths_and_seeds_of_the_table(view_data):
    at = open_page(part="table")
    widget(at, "depths").set_value([8, 3]).run()
    assert settings(at).depths == (3, 8)
    at.get_by_key("several_seeds").click().run()
    assert settings(at).seeds == 3
    assert view_data["iterations"] == 2 * 3 * 10 * 245
    assert at.query_params == {"part": "table", "depths": "3,8", "seeds": "3"}
    widget(at, "depths").set_value([]).run()
    assert not at.exception
    assert settings(at).depths == (3, 8)
    assert len(at.error) == 1 and view_data["problem"] == "Choose at least one depth"


def test_the_settings_of_a_run_are_restored(view_data):
    at = open_page(depth="4", part="table")
    view_data["on_adopt"]({"settings": DepthTable().having(init="he", seeds=2, depth=1).to_dict()})
    at.run()
    assert (settings(at).network.init, settings(at).seeds) == ("he", 2)
    assert settings(at).network.depth == 4  # the depth of a table is ignored
    go(at, "experiment")
    view_data["on_adopt"]({"settings": MlpExperiment(depth=6).to_dict()})
    at.run()
    assert (settings(at).network.depth, settings(at).network.init, settings(at).seeds) == (6, "normal", 2)


def test_settings_that_no_run_can_have_are_rejected(view_data):
    at = open_page(depth="4")
    view_data["on_adopt"]({"settings": {"depth": 99}})
    at.run()
    assert not at.exception
    assert settings(at) == DepthTable().having(depth=4)
    assert len(at.warning) == 1 and "99" in at.warning[0].value


def test_missing_data_are_offered_for_download(view_data):
    at = open_page()
    assert at.get_by_key("download_start").label == "Download it"
    assert view_data["problem"]
    assert view_data["signal"] is None and view_data["preview"] is None
    go(at, "table")
    assert at.get_by_key("download_start").label == "Download it"


def test_images_that_are_here_but_not_converted_are_offered_for_conversion(view_data, monkeypatch):
    monkeypatch.setattr(live, "missing_data", lambda dataset: None)
    at = open_page()
    assert at.get_by_key("download_start").label == "Convert it now"
    assert view_data["signal"] is None and not view_data["problem"]  # Start converts them, too
    at = open_page(dataset="digits")
    assert view_data["signal"] and "download_start" not in [each.key for each in at.button]


def test_the_leaderboard_opens_on_the_data_set_of_the_page():
    for dataset in ("digits", "cifar10"):
        at = open_page(part="leaderboard", dataset=dataset)
        assert at.get_by_key(f"leaderboard_dataset_{dataset}").value == dataset


def test_a_network_too_large_to_draw_shows_only_its_prediction(view_data):
    open_page(dataset="digits", depth="8", widths="8192")
    assert len(view_data["signal"]["layers"]) == 9
    assert all(layer["predicted"] > 0 and layer["measured"] is None for layer in view_data["signal"]["layers"])
