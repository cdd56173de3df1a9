"""The settings of the race of samplers, the second part of Tuning."""

from nnlib.studies.race_settings import SearchSettings
from pages.shared import search_texts
from pages.shared.page_settings import PageSettings
from pages.shared.part_on_view import PARAMETER

SEARCH = PageSettings("tuning_search", SearchSettings, {}, search_texts, lambda name, settings: True, beside=(PARAMETER,))
