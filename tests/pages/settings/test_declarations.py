"""A setting is declared once: its checks, option and link are made from the declaration."""

from dataclasses import dataclass

import pytest

from nnlib.cli.arguments import OneLineParser, add_settings, given_settings
from nnlib.deep.settings import DepthTable, MlpExperiment
from nnlib.experiment.settings import Experiment
from nnlib.studies.race_settings import RaceSettings
from nnlib.studies.study_settings import StudySettings
from nnlib.support.settings import Field, setting
from pages.settings.page_settings import PageSettings
from pages.settings.settings_url import link_parameters, read_link
from pages.tuning.settings import Choices

KINDS = (Experiment, MlpExperiment, DepthTable, StudySettings, RaceSettings, Choices)
DECLARED = [(kind, name) for kind in KINDS for name in kind.FIELDS]


@dataclass(frozen=True)
class Warmer(Experiment):
    """An experiment with one more setting, declared here and nowhere else."""

    warmup: int = setting(
        10,
        Field("int", 0, 500),
        group="Training",
        label="Warm-up",
        help="Steps in which the learning rate rises to its full size.",
        step=5,
        only_if=("schedule", ("cosine",)),
    )


WARMER = PageSettings("warmer", Warmer, {})


def options(kind, *arguments):
    parser = OneLineParser()
    add_settings(parser, kind)
    return given_settings(parser.parse_args(arguments), kind)


@pytest.mark.parametrize("kind, name", DECLARED, ids=lambda each: getattr(each, "__name__", each))
def test_every_setting_has_a_valid_default_and_a_description(kind, name):
    field, default = kind.FIELDS[name], kind().by_name[name]
    assert field.check(name, default) == default
    assert field.label and field.group
    assert field.help.endswith(".") and len(field.help) > 15
    assert field.allowed
    assert float(f"{field.step:.0e}") == field.step  # a round number
    assert not {"tpe", "sgd", "relu", "l1", "l2"} & {field.title(choice) for choice in field.choices}  # as they are written
    if field.only_if:
        needed = kind.FIELDS[field.only_if[0]]
        assert set(field.only_if[1]) & {"bool": {False, True}, "widths": {()}}.get(needed.kind, set(needed.choices))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_setting_is_in_the_dict_that_is_read_back(kind):
    assert kind().to_dict().keys() == kind.FIELDS.keys()
    assert kind.from_dict(kind().to_dict()) == kind()
    assert kind().changes() == {}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_the_command_line_accepts_every_setting(kind):
    parser = OneLineParser()
    add_settings(parser, kind)
    assert vars(parser.parse_args([])).keys() == kind.FIELDS.keys()
    parser.format_help()


def test_a_new_setting_is_checked_and_saved():
    assert Warmer.from_dict({"warmup": 20}).to_dict() == Experiment().to_dict() | {"warmup": 20}
    with pytest.raises(ValueError, match="warmup = 501: must be a whole number from 0 to 500."):
        Warmer.from_dict({"warmup": 501})


def test_a_new_setting_is_an_option_with_its_dependencies():
    assert options(Warmer, "--warmup", "7") == {"warmup": 7, "schedule": "cosine"}
    assert options(Warmer, "--warmup", "7", "--schedule", "decay") == {"warmup": 7, "schedule": "decay"}


def test_a_new_setting_is_in_links_where_it_applies():
    settings = Warmer(schedule="cosine", warmup=7)
    assert link_parameters(WARMER, settings) == {"schedule": "cosine", "warmup": "7"}
    assert read_link(WARMER, {"schedule": "cosine", "warmup": "7"}) == (settings, None, [])
    assert link_parameters(WARMER, Warmer(warmup=7)) == {}
    assert read_link(WARMER, {"warmup": "many"})[2] == [
        "warmup = 'many': must be a whole number from 0 to 500. The default is used instead: 10."
    ]


def test_the_settings_of_a_part_are_merged_with_the_others():
    table = DepthTable(MlpExperiment(init="he"), depths=(2, 3))
    assert table.to_dict() == MlpExperiment(init="he").to_dict() | {"depths": [2, 3], "seeds": 1, "cures": []}
    assert DepthTable.from_dict(table.to_dict()) == table
    assert table.having(seeds=2, dropout=0.5) == DepthTable(MlpExperiment(init="he", dropout=0.5), (2, 3), 2)
    assert table.changes() == {"init": "he", "depths": [2, 3]}
