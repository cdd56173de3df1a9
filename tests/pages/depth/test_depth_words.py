"""The words of Depth: complete, without unknown conditions or blanks."""

import re
from dataclasses import replace

import pytest

from nnlib.deep.settings import MLP_PRESETS, DepthTable, MlpExperiment
from nnlib.metrics import OUTCOMES
from pages.depth import words as depth_texts
from pages.live import words as live_texts
from pages.train import words as train_texts

FACTS = {
    *DepthTable.FIELDS,
    "outcome",
    "stopped",
    "layers",
    "narrowest",
    "obstacle",
    "norm",
    "skip",
    "convolutional",
    "gap",
    "val",
    "falling",
    "restored",
    "image",
    "epochs",
    "steps",
}
WORDS = {
    "step",
    "test",
    "val",
    "train",
    "gap",
    "rate",
    "chance",
    "std",
    "dropout",
}  # what pages/live/browser/result.js fills in
SIGNAL_WORDS = {"size", "power", "before", "layer"}  # pages/live/browser/signal.js
TABLE_WORDS = {"done", "all", "learn", "from", "to", "cures"}  # pages/live/browser/depths.js


OBSTACLES = {"zero", "standing", "drowned", "below"}  # nnlib.deep.obstacle


def outcomes_of(rule):
    wanted = rule["when"]["outcome"]
    return wanted if isinstance(wanted, list) else [wanted]


def blanks(text):
    return set(re.findall(r"{(\w+)}", text))


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_every_outcome_has_a_last_resort(outcome):
    assert any(rule["when"].keys() == {"outcome"} and outcome in outcomes_of(rule) for rule in depth_texts.RULES)


@pytest.mark.parametrize("rule", depth_texts.RULES, ids=lambda rule: str(rule["when"]))
def test_rules_use_only_known_conditions(rule):
    assert rule["when"].keys() <= FACTS
    assert set(outcomes_of(rule)) <= set(OUTCOMES)
    for name, wanted in rule["when"].items():
        field = DepthTable.FIELDS.get(name)
        if field and field.kind == "choice":
            assert set(wanted if isinstance(wanted, list) else [wanted]) <= set(field.choices)
    obstacle = rule["when"].get("obstacle")
    assert set(obstacle if isinstance(obstacle, list) else [obstacle]) <= OBSTACLES | {None}
    assert blanks(rule["why"] + rule["next"]) <= WORDS
    assert rule["why"].endswith(".") and rule["next"].endswith(".")


@pytest.mark.parametrize("obstacle", sorted(OBSTACLES))
def test_every_obstacle_has_a_text(obstacle):
    assert depth_texts.DIAGNOSTICS["obstacles"][obstacle].endswith(".")
    assert any(rule["when"] == {"outcome": "stuck", "obstacle": obstacle} for rule in depth_texts.RULES)


def test_every_preset_has_a_title():
    assert MLP_PRESETS.keys() == depth_texts.PRESET_TITLES.keys()


def test_the_words_have_the_structure_of_the_train_page():
    for words in (depth_texts.LIVE_VIEW, depth_texts.LIVE_TABLE):
        assert train_texts.LIVE_VIEW.keys() <= words.keys()
        assert live_texts.STORY.keys() <= words["story"].keys()
        assert train_texts.RESULT.keys() <= words["result"].keys()
    assert set().union(*map(blanks, depth_texts.SIGNAL.values())) == SIGNAL_WORDS
    assert set().union(*map(blanks, depth_texts.TABLE.values())) == TABLE_WORDS


def test_settings_that_help_are_named_in_words():
    assert depth_texts.tricks(MlpExperiment()) == "σ\u00a0=\u00a00.001, Adam at 0.001, weight decay 0.001"
    best = depth_texts.tricks(MLP_PRESETS["best"])
    for word in ("He", "BatchNorm", "dropout 0.2", "AdamW at 0.002", "one cycle", "label smoothing 0.1", "shift 3", "flips"):
        assert word in best
    assert "sigmoid" in depth_texts.tricks(replace(MlpExperiment(), activation="sigmoid"))
