import os
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlib.data import DATASETS, dataset_status
from nnlib.deep.settings import (
    IMAGE_SETS,
    MAX_DEPTH,
    MAX_WIDTH,
    MLP_PRESETS,
    MLP_SCHEDULES,
    DepthTable,
    MlpExperiment,
    report_network,
)


@pytest.mark.parametrize("name", MLP_PRESETS)
def test_presets_are_valid_and_survive_a_round_trip(name):
    preset = MLP_PRESETS[name]
    assert MlpExperiment.from_dict(preset.to_dict()) == MlpExperiment.from_dict(preset.changes()) == preset


def test_the_presets_differ_from_the_report_only_as_stated():
    assert MLP_PRESETS["report"] == report_network() and report_network().hidden == (50, 40)
    assert MLP_PRESETS["report-best"].changes() == {
        "widths": [512], "init": "torch", "batch_norm": True, "dropout": 0.4, "weight_decay": 0.0, "epochs": 20,
    }  # fmt: skip
    assert MLP_PRESETS["best"].changes() == {
        "depth": 3, "widths": [2048], "init": "he", "batch_norm": True, "dropout": 0.2, "optimiser": "adamw",
        "learning_rate": 2e-3, "weight_decay": 0.05, "schedule": "one_cycle", "label_smoothing": 0.1, "shift": 3, "flips": True,
        "batch_size": 256, "epochs": 100, "precision": "bf16",
    }  # fmt: skip


def test_every_setting_is_listed_under_a_heading_and_every_choice_has_words():
    headings = {"Network", "Initial weights", "Training", "Data and augmentation", "Device and seed", "Depth", "Depths"}
    for name, field in DepthTable.FIELDS.items():
        assert field.group in headings and field.label and field.help, name
    titles = [DepthTable.FIELDS["schedule"].title(each) for each in MLP_SCHEDULES]
    assert "one cycle" in titles and not any("_" in title for title in titles)


def test_the_network_of_the_report_matches_the_report():
    report = report_network(4)
    assert report.hidden == (50, 40, 30, 20)
    assert (report.init, report.std, report.optimiser, report.learning_rate) == ("normal", 1e-3, "adam", 1e-3)
    assert (report.weight_decay, report.lr_decay, report.batch_size, report.epochs) == (1e-3, 0.95, 200, 10)
    with pytest.raises(ValueError, match="depth = 17"):
        report_network(17)


def test_widths_may_be_typed_as_blocks():
    assert MlpExperiment.parse("widths", "4x256, 2 x 64,10") == (256, 256, 256, 256, 64, 64, 10)
    for text in ("0x5", "x5", "17x5", "2x", "2x0", "2x3x4"):
        with pytest.raises(ValueError, match="widths = "):
            MlpExperiment.parse("widths", text)


def test_a_layer_adds_the_sums_of_the_one_before_where_their_widths_are_equal():
    def skips(**settings):
        return MlpExperiment.from_dict({"residual": True} | settings).skips

    assert skips(depth=4, widths=[50, 50, 40]) == (False, True, False, True, False)
    assert skips(depth=1) == (False, False) and not any(skips(depth=3, widths=[50], residual=False))


def test_settings_from_before_the_cures_mean_the_same_network():
    """Runs and links of the report's network do not name them."""
    old = MlpExperiment().to_dict()
    for name in ("layer_norm", "residual", "activations", "channels"):
        del old[name]
    experiment = MlpExperiment.from_dict(old)
    assert (experiment.normalised, experiment.activation_of_layers, set(experiment.skips)) == (None, ("relu", "relu"), {False})


@pytest.mark.parametrize(
    ("depth", "widths", "hidden"),
    [
        (2, (50, 40, 30, 20), (50, 40)),
        (6, (50, 40, 30, 20), (50, 40, 30, 20, 20, 20)),
        (3, (256,), (256, 256, 256)),
        (8, tuple(range(1, 9)), tuple(range(1, 9))),
    ],
)
def test_a_list_gives_the_first_widths_and_its_last_all_further_ones(depth, widths, hidden):
    assert MlpExperiment.from_dict({"depth": depth, "widths": widths}).hidden == hidden


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"deep": 3}, "'deep' is not a setting"),
        ({"depth": 0}, "depth = 0"),
        ({"depth": MAX_DEPTH + 1}, "depth = 17"),
        ({"widths": []}, "widths = none"),
        ({"widths": [0]}, "widths = 0:"),
        ({"widths": [MAX_WIDTH + 1]}, "widths = "),
        ({"widths": [5] * 17}, "widths = "),
        ({"widths": 50}, "widths = 50"),
        ({"batch_norm": 1}, "batch_norm = 1"),
        ({"dropout": 1.0}, "dropout = 1.0"),
        ({"init": "zeros"}, "init = 'zeros'"),
        ({"batch_size": 1}, "batch_size = 1"),
        ({"device": "cuda:0; rm"}, "device = "),
        ({"dataset": "spiral"}, "dataset = 'spiral'"),
        ({"shift": 2.5}, "shift = 2.5"),
        ({"learning_rate": float("inf")}, "learning_rate = inf"),
        ("depth", "settings"),
    ],
)
def test_invalid_settings_give_a_one_sentence_error_that_names_them(settings, message):
    with pytest.raises(ValueError) as error:
        MlpExperiment.from_dict(settings)
    assert message in str(error.value) and "\n" not in str(error.value)


NAMES = st.sampled_from(sorted(MlpExperiment.FIELDS)) | st.text(max_size=5)
VALUES = st.none() | st.booleans() | st.floats() | st.integers() | st.text() | st.lists(st.integers(), max_size=3)


@given(st.dictionaries(NAMES, VALUES))
def test_any_settings_are_accepted_or_raise_a_value_error(settings):
    try:
        experiment = MlpExperiment.from_dict(settings)
    except ValueError:
        return
    assert MlpExperiment.from_dict(experiment.to_dict()) == experiment


def test_settings_devices_and_the_start_of_a_signal_do_not_import_torch():
    modules = "nnlib.deep.settings, nnlib.deep.devices, nnlib.deep.signal_at_start, nnlib.__main__"
    code = f"import sys, {modules}; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_smaller_limits_apply_to_presets_and_reject_more():
    code = """
from nnlib.deep.settings import MLP_PRESETS, MlpExperiment
print(MLP_PRESETS["best"].widths, MLP_PRESETS["best"].epochs)
MlpExperiment.from_dict({"epochs": 8})
"""
    limits = {"NNLIB_MAX_EPOCHS": "7", "NNLIB_MAX_WIDTH": "32"}
    process = subprocess.run([sys.executable, "-c", code], env={**os.environ, **limits}, capture_output=True, text=True)
    assert process.stdout == "(32,) 7\n"
    assert process.stderr.endswith("ValueError: epochs = 8: must be a whole number from 0 to 7.\n")


def test_the_table_has_the_network_of_the_report_at_four_depths():
    assert DepthTable().experiments() == [report_network(depth) for depth in (1, 2, 3, 4)]
    repeated = DepthTable.from_dict({"depths": [3, 1], "seeds": 2, "seed": 5, "init": "he"}).experiments()
    assert [(each.depth, each.seed, each.init) for each in repeated] == [(d, s, "he") for d in (3, 1) for s in (5, 6)]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"depths": [2, 2]}, "must not name a depth twice"),
        ({"depths": []}, "1 to 16 different depths, 1 to 16 each"),
        ({"depths": [17]}, "1 to 16 different depths, 1 to 16 each"),
        ({"seeds": 0}, "seeds = 0"),
        ({"seed": 2**31 - 1, "seeds": 2}, "seed"),
    ],
)
def test_an_invalid_table_is_rejected(settings, message):
    with pytest.raises(ValueError, match=message):
        DepthTable.from_dict(settings)


def test_a_network_with_too_many_weights_is_rejected():
    assert MlpExperiment.from_dict({"depth": 1, "widths": [50]}).weights == 3072 * 50 + 50 * 10
    with pytest.raises(ValueError, match="Choose fewer or narrower layers"):
        MlpExperiment.from_dict({"depth": 8, "widths": [8192]})
    with pytest.raises(ValueError, match="Choose fewer or narrower layers"):
        DepthTable.from_dict({"depths": [1, 8], "widths": [8192]})


def test_a_training_with_too_many_steps_is_rejected():
    assert report_network().steps == 10 * 245
    with pytest.raises(ValueError, match="fewer networks"):
        MlpExperiment.from_dict({"epochs": 500, "batch_size": 2})
    with pytest.raises(ValueError, match="fewer networks"):
        DepthTable.from_dict({"epochs": 500, "seeds": 10, "depths": [1, 2, 3, 4, 5, 6, 7, 8]})


@pytest.mark.parametrize("name", [name for name in IMAGE_SETS if dataset_status(name).available])
def test_the_stated_facts_of_an_image_data_set_are_correct(name):
    data = MlpExperiment.from_dict({"dataset": name, "seed": 3}).load()
    assert (data.input_size, len(data.y_train)) == (DATASETS[name].inputs, DATASETS[name].split[0])
