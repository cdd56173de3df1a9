"""The spellings of a name: psi_1 may be typed as psi1, W1 as W_1 or W^(1), delta_ij as deltaij, lam as lambda.

Names may stand side by side without a space. A text is read only if there is one way to split it into names.
"""

import re
from functools import lru_cache

from nnlib.symbolic.answers.calls import function_named
from nnlib.symbolic.answers.characters import GLUE

ALSO_WRITTEN = {
    "lam": ("lambda",),
    "eps": ("epsilon",),
    "X": ("a1", "a_1"),
    "F": ("n", "fan_in"),
    "dz": ("G",),  # both are short for ∂J/∂z
    "G": ("dz",),
}
# Functions that may stand after a name without a space, as in 2lamexp(x).
BESIDE_NAMES = ("exp", "log", "ln", "sqrt", "abs", "max", "relu", "softmax", "sum")
LAYER = re.compile(
    r"(?P<letters>[A-Za-z]+)(?P<subscript>_[a-z]+)?[ \x1f]*\^ *(?:\((?P<a>\d)\)|\{ *\(?(?P<b>\d)\)? *(?P<transpose>T?) *\})"
    r"\x1f*(?P<after>_[a-z]+)?"
)
GRADIENT = re.compile(r"[∂d] ?J ?/ ?[∂d] ?(\w+)|[∂d] ?\( ?J ?\) ?/ ?[∂d] ?\( ?(\w+) ?\)", re.ASCII)
INDEXED = re.compile(r"([A-Za-z]\w*)\[ *([a-z](?: *, *[a-z])?) *\]", re.ASCII)


class Spelling:
    """Reads the names of an exercise in any of their spellings, and the functions that may be used.

    further : functions of one number, besides those of every formula
    """

    def __init__(self, names: tuple[str, ...], written: tuple[tuple[str, str], ...], further: tuple[str, ...] = ()):
        self.names, self.further = names, further
        words = {form: name for form, name in written if form.isidentifier()}
        longest_first = sorted((pair for pair in written if pair[0] not in words), key=lambda pair: -len(pair[0]))
        self.written = [(re.compile("[ \x1f]*".join(map(re.escape, form))), name) for form, name in longest_first]
        self.exact = words | _forms(names)
        self.any_case = _unique((form.lower(), name) for form, name in self.exact.items())
        gradients = {re.sub("^G", "dz", name): name for name in names}  # G2 is short for ∂J/∂z2
        self.gradients = {
            form: name for d, name in gradients.items() if re.match("d[azWb]", d) for form in _forms_of(d[1:])
        }  # of J

    def in_one_word(self, text: str) -> str:
        """Return `text` with the names that are written with scripts, W^(1), z^(3)_nj or ∂J/∂W2, as one word each."""
        for form, name in self.written:
            text = form.sub(GLUE + name + GLUE, text)
        if any(name.endswith("_plus") for name in self.names):
            text = re.sub(r"_ ?\+", "_plus", re.sub(r"_ ?-", "_minus", text))
        text = INDEXED.sub(self._indexed, LAYER.sub(self._with_layer, text))
        return GRADIENT.sub(self._gradient, text)

    def _with_layer(self, match):
        """Read W^(1) as W1 where W1 is a name and W is not: psi^(2) is a square."""
        letters, layer = match["letters"], match["a"] or match["b"]
        subscript = match["subscript"] or match["after"] or ""
        for place in range(len(letters)):
            word = letters[place:] + layer + subscript
            if self.name(letters[place:] + subscript):
                break
            whole = word.partition("_")[0]
            if self.name(word) or self.name(whole) or whole in self.gradients:
                return letters[:place] + word + GLUE + ("^T" if match["transpose"] else "")
        return match.group()

    def _indexed(self, match):
        word = match[1] + "_" + re.sub("[ ,]", "", match[2])
        return word + GLUE if self.name(word) else match.group()

    def _gradient(self, match):
        variable, line, indices = (match[1] or match[2]).partition("_")
        if name := self.gradients.get(variable + line + indices):
            return GLUE + name + GLUE
        name = self.gradients.get(variable)
        return f"{GLUE}{name}_{indices}{GLUE}" if name else match.group()

    def name(self, word: str) -> str | None:
        """The name that is spelled so, if there is just one."""
        if word in self.exact:
            return self.exact[word]
        found = self.any_case.get(word.lower())
        # δ is not Δ: in these lessons δ is Kronecker's delta or an error signal, and Δ holds the labels.
        return None if found and found.startswith("Delta") and word.startswith("delta") else found

    def function(self, word: str) -> str | None:
        """The function with this name, in any case."""
        return word.lower() if word.lower() in self.further else function_named(word)

    def split(self, word: str) -> list[str]:
        """The names, and perhaps a function at the end, that make up `word`; none if there is not just one way."""
        best: dict[int, tuple[int, int, tuple]] = {len(word): (0, 1, ())}  # from a place on: pieces, ways, the pieces
        longest = max(map(len, self.exact), default=0)
        for place in range(len(word) - 1, -1, -1):
            ways = [
                (1 + best[end][0], best[end][1], (piece, best[end][2]))
                for end in range(place + 1, min(len(word), place + max(longest, 8)) + 1)
                if end in best and (piece := self._piece(word[place:end], place, end == len(word)))
            ]
            if ways:
                fewest = min(way[0] for way in ways)
                shortest = [way for way in ways if way[0] == fewest]
                best[place] = fewest, sum(way[1] for way in shortest), shortest[0][2]
        if 0 not in best or best[0][1] != 1:
            return []
        pieces, rest = [], best[0][2]
        while rest:
            piece, rest = rest
            pieces.append(piece)
        return pieces

    def _piece(self, part, place, last):
        if name := self.name(part):
            return name
        if part == "T" and place:
            return "T"  # of a transpose
        return part.lower() if last and part.lower() in (*BESIDE_NAMES, *self.further) else None


@lru_cache(maxsize=256)
def spelling_of(names: tuple[str, ...], written: tuple[tuple[str, str], ...] = (), further: tuple[str, ...] = ()) -> Spelling:
    """The Spelling of these names; `written` are pairs of another form and its name, `further` more functions."""
    return Spelling(names, written, further)


def _forms(names):
    """Map every spelling to its name. A spelling that two names share is left out, unless it is a name itself."""
    forms = _unique((form, name) for name in names for form in _forms_of(name))
    return forms | {name: name for name in names}


def _forms_of(name):
    stem, _, subscript = name.partition("_")
    letters = stem.rstrip("0123456789")
    layer = stem[len(letters) :]
    for spelled in (letters, *ALSO_WRITTEN.get(letters, ())):
        if subscript:
            yield from (
                f"{spelled}{layer}_{subscript}",
                f"{spelled}{layer}{subscript}",
                f"{spelled}{layer}_{'_'.join(subscript)}",
            )
            if letters == "delta":  # symmetric
                yield f"{spelled}_{subscript[::-1]}"
        else:
            yield from (f"{spelled}{layer}", f"{spelled}_{layer}") if layer else (spelled,)


def _unique(pairs):
    found: dict[str, str | None] = {}
    for form, name in pairs:
        found[form] = name if found.get(form, name) == name else None
    return {form: name for form, name in found.items() if name}
