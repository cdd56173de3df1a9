"""The description of a page's settings: their class and their presets.

The page's links, state and sidebar are made from it. It does not import Streamlit.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from nnlib.support.settings import Settings


@dataclass(frozen=True)
class PageSettings:
    """
    Attributes
    ----------
    page : its path, and its key in the session
    kind : the class of the settings
    presets : a name → settings to start from, of this class or of the one that it extends
    titles : the titles of the presets
    about : help about the presets
    correct : settings → (valid settings, sentences): corrects values that do not go together, and says what it changed
    implied : settings → the values that None stands for, by name
    not_in_presets : names of settings that presets neither change nor compare
    not_in_preset : the same for some of the presets
    other_parameters : parameters of the page's address that are not settings
    first : the settings of a plain address, None for the defaults of `kind`
    """

    page: str
    kind: type[Settings]
    presets: Mapping[str, Settings]
    titles: Mapping[str, str] = field(default_factory=dict)
    about: str = ""
    correct: Callable[[Settings], tuple[Settings, list[str]]] = lambda settings: (settings, [])
    implied: Callable[[Settings], dict] = lambda settings: {}
    not_in_presets: tuple = ()
    not_in_preset: Mapping[str, tuple] = field(default_factory=dict)
    other_parameters: tuple = ()
    first: Settings | None = None

    @property
    def fields(self) -> dict:
        return self.kind.FIELDS

    @property
    def default(self) -> Settings:
        return self.first or self.kind()

    def tidy(self, settings: Settings) -> Settings:
        """The settings, with defaults for those that do not apply, so that equal experiments have equal links."""
        values, default = settings.by_name, self.default.by_name
        idle = {name: default[name] for name in self.fields if not settings.applies(name)}
        idle |= {name: None for name, value in self.implied(settings).items() if values[name] == value}
        return settings.having(**idle)

    def with_preset(self, settings: Settings, preset: str) -> Settings:
        """Return the settings with the values of the preset."""
        values = self.presets[preset].by_name
        return settings.having(**{name: values[name] for name in self._names_in(preset)})

    def preset_of(self, settings: Settings) -> str | None:
        """The name of the preset that these settings are, if any."""
        settings = self.tidy(settings)
        return next((name for name in self.presets if self.tidy(self.with_preset(settings, name)) == settings), None)

    def _names_in(self, preset):
        left_out = {*self.not_in_presets, *self.not_in_preset.get(preset, ())}
        return [name for name in self.presets[preset].FIELDS if name not in left_out]
