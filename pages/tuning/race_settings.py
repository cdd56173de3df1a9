"""The settings of the race of samplers, the second part of Tuning."""

from nnlib.studies.race_settings import RaceSettings
from pages.lesson.part_on_view import PARAMETER
from pages.settings.page_settings import PageSettings

RACE = PageSettings("tuning_search", RaceSettings, {}, other_parameters=(PARAMETER,))
