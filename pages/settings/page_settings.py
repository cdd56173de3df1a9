"""What the settings of a page are: of what class, where to start from, which of them matter, and what they are called.

Its links, its state and its sidebar are made of this. Knows nothing of Streamlit.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import ModuleType

from nnlib.support.settings import Settings


@dataclass(frozen=True)
class PageSettings:
    """
    page       its path, and its key in the session
    kind       the class of the settings
    presets    a name → settings to start from, of this class or of the one that it extends
    words      the module with LABELS, HELP and CHOICES of the settings, and TITLES of the presets
    applies    (name, settings) → whether the setting matters at all, given the others
    mend       settings → (settings, sentences): what does not go together as it is made to, and what that was
    given      settings → the values that None stands for, by name
    left       what presets say nothing about: neither do they change it, nor is it asked whether it is theirs
    left_by    the same for some of the presets
    beside     parameters of the page's address that are none of the settings' business
    """

    page: str
    kind: type[Settings]
    presets: Mapping[str, Settings]
    words: ModuleType
    applies: Callable[[str, Settings], bool]
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
        default = self.default
        idle = {name: getattr(default, name) for name in self.fields if not self.applies(name, settings)}
        idle |= {name: None for name, value in self.given(settings).items() if getattr(settings, name) == value}
        return replace(settings, **idle)

    def with_preset(self, settings: Settings, preset: str) -> Settings:
        """The settings with all that the preset says."""
        said = {name: getattr(self.presets[preset], name) for name in self._said_by(preset)}
        return replace(settings, **said)

    def preset_of(self, settings: Settings) -> str | None:
        """The name of the preset that these settings are, if any."""
        settings = self.tidy(settings)
        return next((name for name in self.presets if self.tidy(self.with_preset(settings, name)) == settings), None)

    def _said_by(self, preset):
        left = {*self.left, *self.left_by.get(preset, ())}
        return [name for name in self.presets[preset].FIELDS if name not in left]
