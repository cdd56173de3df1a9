"""The labels of runs, which distinguish them in legends and lists."""

import pytest

from nnlib.runs.kinds import KINDS
from nnlib.studies.plans import planned

TRAIN = {"dataset": "moons", "hidden": [12, 5], "learning_rate": 0.05, "optimiser": "momentum", "init": "normal", "std": 0.01}


def label(kind, controls=(), **settings):
    return KINDS[kind].label(KINDS[kind].settings.from_dict(settings).to_dict(), controls)


def test_a_numpy_network_is_labelled_with_what_lessons_compare():
    assert label("train", **TRAIN) == "H 12·5 · lr 0.05 · momentum · σ 0.01"
    assert label("train", **TRAIN | {"init": "he", "hidden": []}) == "H none · lr 0.05 · momentum"


def test_a_changed_learning_rate_is_in_the_label():
    changes = [{"learning_rate": 0.2}, {"learning_rate": 0.0123}]
    assert "lr 0.05 → 0.012 ·" in label("train", changes, **TRAIN)
    assert "lr 0.05 ·" in label("train", [*changes, {"learning_rate": 0.05}], **TRAIN)


@pytest.mark.parametrize(
    "settings, text",
    [
        ({}, "2 layers · σ 0.001"),
        ({"depth": 1, "widths": [512], "init": "he"}, "1 layer of 512 · He"),
        ({"init": "torch", "batch_norm": True, "dropout": 0.25}, "2 layers · PyTorch's start · BatchNorm · dropout 0.25"),
        ({"optimiser": "adamw", "learning_rate": 0.01}, "2 layers · σ 0.001 · AdamW · lr 0.01"),
        ({"depth": 3, "weight_decay": 0.0}, "3 layers · σ 0.001 · decay 0"),
        ({"widths": [50], "layer_norm": True, "residual": True}, "2 layers of 50 · σ 0.001 · LayerNorm · residual"),
        ({"channels": [32, 64], "init": "he"}, "conv 32·64 · He"),
    ],
)
def test_a_torch_network_is_labelled_with_what_differs_from_the_report(settings, text):
    assert label("depth", **settings) == text


def test_tables_studies_and_races_are_labelled():
    assert label("table", depths=[2, 4]) == "depths 2, 4"
    assert label("table", depths=[2], cures=["he", "residual"]) == "depths 2 · 2 cures"
    study = planned("lr", dataset="digits", trials=5).to_dict()
    assert label("study", **study) == "learning_rate · digits · grid"
    assert label("search", dataset="digits", side=3) == "grid, random, TPE · digits · 9 trials each"
