"""The words for the live view: complete, without unknown conditions or blanks."""

import re

import pytest

from nnlib.experiment.settings import Experiment
from nnlib.metrics import OUTCOMES
from pages.live.words import STORY, TITLES
from pages.train.words import RULES

FACTS = {*Experiment.FIELDS, *"outcome stopped layers narrowest gap val validated falling image epochs".split()}
WORDS = set("step test val validated train gap rate chance std".split())  # what pages/live/browser/result.js fills in


def outcomes_of(rule):
    wanted = rule["when"]["outcome"]
    return wanted if isinstance(wanted, list) else [wanted]


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_every_outcome_has_words_and_a_last_resort(outcome):
    for words in (TITLES, STORY["expected"], STORY["happened"]):
        assert words[outcome]
    assert any(rule["when"].keys() == {"outcome"} and outcome in outcomes_of(rule) for rule in RULES)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: str(rule["when"]))
def test_rules_use_only_known_conditions(rule):
    assert rule["when"].keys() <= FACTS
    assert set(outcomes_of(rule)) <= set(OUTCOMES)
    assert set(re.findall(r"{(\w+)}", rule["why"] + rule["next"])) <= WORDS
    assert rule["why"].endswith(".") and rule["next"].endswith(".")
