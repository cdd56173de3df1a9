"""The settings of the race of samplers, the second part of Tuning."""

from nnlib.studies.race_settings import SearchSettings
from pages.lesson.part_on_view import PARAMETER
from pages.settings.page_settings import PageSettings
from pages.tuning import race_words as search_texts

SEARCH = PageSettings("tuning_search", SearchSettings, {}, search_texts, lambda name, settings: True, beside=(PARAMETER,))
