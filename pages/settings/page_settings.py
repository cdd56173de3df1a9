"""What the settings of a page are: of what class, and where to start from.

Its links, its state and its sidebar are made of this. Knows nothing of Streamlit.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from nnlib.support.settings import Settings


@dataclass(frozen=True)
class PageSettings:
    """
    page       its path, and its key in the session
    kind       the class of the settings
    presets    a name → settings to start from, of this class or of the one that it extends
    titles     the titles of the presets
    about      help about the presets
    mend       settings → (settings, sentences): what does not go together as it is made to, and what that was
    given      settings → the values that None stands for, by name
    left       what presets say nothing about: neither do they change it, nor is it asked whether it is theirs
    left_by    the same for some of the presets
    beside     parameters of the page's address that are none of the settings' business
    """

    page: str
    kind: type[Settings]
    presets: Mapping[str, Settings]
    titles: Mapping[str, str] = field(default_factory=dict)
    about: str = ""
    mend: Callable[[Settings], tuple[Settings, list[str]]] = lambda settings: (settings, [])
    given: Callable[[Settings], dict] = lambda settings: {}
    left: tuple = ()
    left_by: Mapping[str, tuple] = field(default_factory=dict)
    beside: tuple = ()

    @property
    def fields(self) -> dict:
        return self.kind.FIELDS

    @property
    def default(self) -> Settings:
        return self.kind()

    def tidy(self, settings: Settings) -> Settings:
        """The same settings, every one that does not apply at its default, so that equal experiments are equal links."""
        values, default = settings.by_name, self.default.by_name
        idle = {name: default[name] for name in self.fields if not settings.applies(name)}
        idle |= {name: None for name, value in self.given(settings).items() if values[name] == value}
        return settings.having(**idle)

    def with_preset(self, settings: Settings, preset: str) -> Settings:
        """The settings with all that the preset says."""
        values = self.presets[preset].by_name
        return settings.having(**{name: values[name] for name in self._said_by(preset)})

    def preset_of(self, settings: Settings) -> str | None:
        """The name of the preset that these settings are, if any."""
        settings = self.tidy(settings)
        return next((name for name in self.presets if self.tidy(self.with_preset(settings, name)) == settings), None)

    def _said_by(self, preset):
        left = {*self.left, *self.left_by.get(preset, ())}
        return [name for name in self.presets[preset].FIELDS if name not in left]
