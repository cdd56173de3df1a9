"""A derivation is data: a list of lines, each with the rule that leads to it, the reason, and a check against the line before.

∂ψ_i/∂z_j  =  (first line)  =  (second line)  =  …          each line is a Step; the left side stands before the first
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from threading import Lock

from sympy import Derivative, Dummy, Expr, Indexed, Integral, Piecewise, Sum, cancel, exp, expand, together
from sympy.matrices import MatrixBase
from sympy.matrices.expressions import MatrixExpr

from nnlib.symbolic.derivation.numeric import Point, number_or_array
from nnlib.symbolic.derivation.printing import Mean, latex, written_out
from nnlib.symbolic.derivation.reader import Reader
from nnlib.symbolic.derivation.typed import typed
from nnlib.symbolic.exercise.exercise import Slip

ONE_AT_A_TIME = Lock()  # learners share derivations, and mpmath changes its precision while it differentiates
NO_SLIPS: Mapping[str, str] = {}
TOLERANCE = 1e-25  # relative, in arithmetic of 40 digits


@dataclass(frozen=True)
class Setting:
    """The definitions and points of a derivation.

    definitions  what the symbols stand for, as in notation.py, for exact comparison
    draw         draws the points at which lines are compared where exact comparison does not succeed
    whole        names of whole matrices that can be typed, beside those of the lines, and what they stand for
    """

    definitions: dict
    draw: Callable[[], list[Point]]
    whole: dict[str, Expr] = field(default_factory=dict)

    @cached_property
    def points(self) -> list[Point]:
        return self.draw()


@dataclass(frozen=True)
class Step:
    """One line of a derivation: `expression`, equal to `before`, by `rule`, because `why` (a sentence of Markdown).

    slips: wrong lines that are common here, as they are typed, with their hints.
    """

    expression: Expr
    before: Expr
    rule: str
    why: str
    setting: Setting = field(repr=False)
    first: bool = False
    slips: tuple[Slip, ...] = ()

    @cached_property
    def text(self) -> str:
        """The line as it is typed; empty if it cannot be."""
        return typed(self.expression, self.setting.whole)

    @cached_property
    def latex(self) -> str:
        """The line as it is shown: "left side = expression" on the first line, "= expression" on the others."""
        left = latex(self.before) if self.first else ""
        return f"{left} = {latex(self.expression)}".strip()

    def verify(self) -> bool:
        """Whether the line equals the line before, exactly or at every one of the random points."""
        return bool(self.verified)

    @cached_property
    def verified(self) -> str:
        """How the line was found to equal the line before, in words; empty if it does not."""
        if _exactly_equal(self.before, self.expression, self.setting.definitions):
            return "exactly"
        with ONE_AT_A_TIME:
            points = self.setting.points
            equal = all(_equal_at(point, self.before, self.expression) for point in points)
        return f"with {len(points)} sets of random numbers" if equal else ""


@dataclass(frozen=True, eq=False)
class Derivation:
    """name: its key; title: words; left: what is derived; steps: the lines."""

    name: str
    title: str
    left: Expr
    steps: tuple[Step, ...]

    @property
    def setting(self) -> Setting:
        return self.steps[0].setting

    @property
    def points(self) -> list[Point]:
        """Where lines are compared. Whoever evaluates something there holds ONE_AT_A_TIME."""
        return self.setting.points

    @cached_property
    def values(self) -> list:
        """The value of every line at these points."""
        return [number_or_array(point.value(self.steps[-1].expression)) for point in self.points]

    @cached_property
    def texts(self) -> list[str]:
        """The left side and the lines, as they are typed: "" for what cannot be typed."""
        return [typed(self.left, self.setting.whole), *(step.text for step in self.steps)]

    @cached_property
    def reader(self) -> Reader:
        """Reads lines that a learner types."""
        lines = [self.left, *(step.expression for step in self.steps)]
        return Reader([line for line, text in zip(lines, self.texts) if text], self.setting.whole)

    @cached_property
    def roots(self) -> list:
        """The left side and the lines as the topmost nodes of formulas: None for what cannot be typed."""
        return [self.reader.read(text).root if text else None for text in self.texts]


class Writer:
    """Writes a derivation line by line."""

    def __init__(self, name: str, title: str, left: Expr, setting: Setting):
        self.name, self.title, self.left, self.setting = name, title, left, setting
        self.steps: list[Step] = []

    @property
    def last(self) -> Expr:
        return self.steps[-1].expression if self.steps else self.left

    def line(self, expression: Expr, rule: str, why: str, slips: Mapping[str, str] = NO_SLIPS) -> None:
        """Add a line. `last` is then its expression. slips: wrong lines as they are typed → hints."""
        known = tuple(Slip(text, hint) for text, hint in slips.items())
        self.steps.append(Step(expression, self.last, rule, why, self.setting, not self.steps, known))

    def done(self) -> Derivation:
        return Derivation(self.name, self.title, self.left, tuple(self.steps))


def _exactly_equal(before, after, definitions):
    """Whether the difference vanishes by algebra alone. Derivatives, integrals, means, sums and powers of e are letters."""
    if any(isinstance(side, MatrixExpr) or side.has(Piecewise) for side in (before, after)):
        return False
    if isinstance(before, MatrixBase) or isinstance(after, MatrixBase):
        same_shape = getattr(before, "shape", None) == getattr(after, "shape", None)
        return same_shape and all(_exactly_equal(one, other, definitions) for one, other in zip(before, after))
    difference = written_out(before) - written_out(after)
    return _vanishes(difference) or _vanishes(_defined(difference, definitions))


def _vanishes(e):
    letters: dict = {}

    def letter(part):
        times, inner = part.exp.as_coeff_Mul() if isinstance(part, exp) else (1, part)
        return letters.setdefault(inner, Dummy(positive=True)) ** times  # e^(2z) is the square of e^z

    e = e.replace(lambda part: isinstance(part, (Derivative, Integral, Mean, Sum, exp)), letter)
    return expand(e) == 0 or cancel(together(e)) == 0


def _defined(e, definitions):
    """Return e with every symbol outside derivatives replaced by its definition."""
    if e.has(Derivative):
        return e
    e = e.replace(
        lambda part: isinstance(part, Indexed) and part.base in definitions, lambda part: definitions[part.base](*part.indices)
    )
    return e.subs({symbol: value for symbol, value in definitions.items() if isinstance(value, Expr)})


def _equal_at(point, before, after):
    one, other = point.value(before), point.value(after)
    return bool(_size(point, one - other) <= TOLERANCE * (1 + _size(point, one)))


def _size(point, value):
    return point.mp.norm(value) if isinstance(value, point.mp.matrix) else abs(value)
