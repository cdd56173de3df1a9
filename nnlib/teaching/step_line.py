"""The form of an explained step: lines, each one number that is computed from numbers before it, and how it is written."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from nnlib.support.arrays import Array, Labels

STAGES = ("Forward", "Loss", "Backward", "Batch", "Update")
Lesson = tuple[str, str]  # key of a lesson and slug of its part

HIDDEN_LAYER: Lesson = ("forward", "hidden-layer")
ACTIVATION: Lesson = ("forward", "relu")
OUTPUT: Lesson = ("forward", "output-and-softmax")
LOSS: Lesson = ("forward", "loss")
LOGITS: Lesson = ("backpropagation", "logits")
HIDDEN_SUMS: Lesson = ("backpropagation", "z-2-and-its-mask")
PENALTY: Lesson = ("backpropagation", "penalty")
GRADIENT_STEP: Lesson = ("backpropagation", "one-step")


class Slip(NamedTuple):
    """The number that a common mistake leads to, and a hint that does not reveal the right one."""

    value: float
    hint: str


@dataclass(frozen=True)
class Terms:
    """All terms of a sum, of which a line shows one and the sum of the others.

    heads : LaTeX of the index, and of each column
    labels : the index of each row
    columns : (rows, columns), the terms in the last column
    own : the row of the term on the path; None if none is
    """

    heads: tuple[str, ...]
    labels: Sequence[int]
    columns: Array
    own: int | None

    @property
    def others(self) -> float:
        """The sum of the terms that are not on the path."""
        return float(np.sum(self.columns[:, -1]) if self.own is None else np.delete(self.columns[:, -1], self.own).sum())


@dataclass(frozen=True)
class Line:
    """One number on the way, computed from numbers before it.

    kind : what it is: "x", "z", "f", "a", "psi", "J", "dz_out", "da", "dz", "dw", "mean", "penalty", "g", "rate", "v", "m",
        "s", "m_hat", "s_hat" or "w"
    stage : one of STAGES
    symbol : LaTeX
    pattern : the formula, with an @ in place of each number that is put in; "" for a number that is given
    names, numbers : what stands there, in symbols and in numbers
    compute : numbers → value
    about : a sentence in Markdown
    lesson : where the formula is derived, None where no lesson does
    terms : of the sum in it
    slips : common mistakes with these numbers
    """

    kind: str
    stage: str
    symbol: str
    pattern: str
    names: tuple[str, ...]
    numbers: tuple[float, ...]
    compute: Callable[..., float]
    about: str
    lesson: Lesson | None = None
    terms: Terms | None = None
    slips: tuple[Slip, ...] = ()

    def filled(self, texts: Sequence[str]) -> str:
        """Return the pattern with these texts in place of the numbers."""
        parts = self.pattern.split("@")
        return "".join(part + text for part, text in zip(parts, [*texts, ""], strict=True))

    @property
    def formula(self) -> str:
        """LaTeX in symbols."""
        return self.filled(self.names)

    @property
    def value(self) -> float:
        """The number itself."""
        with np.errstate(all="ignore"):
            return float(self.compute(*map(np.float64, self.numbers)))


@dataclass(frozen=True)
class OneStep:
    """The explanation of one step for one parameter.

    name, symbol : of the parameter, "W1[0,3]" and its LaTeX
    step : the steps done before
    lines : the last one is the new value
    row : of the example in the batch of this step, None where it is not drawn
    batch : (N,) indices of the training examples in it
    reached : the parameter after the step, as the training computes it
    """

    name: str
    symbol: str
    step: int
    lines: tuple[Line, ...]
    row: int | None
    batch: Labels
    reached: float


def at(symbol: str, *indices: int) -> str:
    """Return the symbol with indices, which LaTeX counts from 1."""
    return f"{symbol}_{{{','.join(str(i + 1) for i in indices)}}}"


def of_layer(letter: str, l: int) -> str:
    """Return the symbol of a layer: z^{(2)}."""
    return f"{letter}^{{({l})}}"


def derivative(below: str, above: str = "J_n") -> str:
    """Return ∂above/∂below."""
    return rf"\frac{{\partial {above}}}{{\partial {below}}}"
