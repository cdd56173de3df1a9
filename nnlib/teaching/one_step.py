"""One step of a training in numbers: from one example to the new value of one weight or bias.

A weight acts on the loss of an example through one unit, and through all that follow. The explanation goes along one path of
units: the weight is on it, and from there to the input and to the logits it follows the largest terms. Every sum on the way is
written as the term of the path and what all other terms are together.

    explain_step(training, "W1[0,3]").lines     x → z(2) → a(2) → … → ψ → J_n,  back to ∂J_n/∂W,  the mean over the batch,
                                                the penalty, the optimiser, and W ← …

J_n is the loss of one example, J its mean over the batch, as in `MLP.loss`. All is computed in float64 from the network's
parameters; `OneStep.reached` is what the training itself makes of the parameter, in its own precision.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from nnlib.dropout import Dropout
from nnlib.losses import one_hot, softmax
from nnlib.network import MLP
from nnlib.parameter_entry import place_of
from nnlib.support.arrays import Array, Labels
from nnlib.teaching.one_update import update_lines
from nnlib.teaching.step_line import (
    ACTIVATION,
    HIDDEN_LAYER,
    HIDDEN_SUMS,
    LOGITS,
    LOSS,
    OUTPUT,
    PENALTY,
    Lesson,
    Line,
    OneStep,
    Slip,
    Terms,
    at,
    derivative,
    of_layer,
)
from nnlib.training import Training

PSI, DELTA = r"\psi", r"\Delta"


def explain_step(training: Training, name: str, example: int | tuple[ArrayLike, int] | None = None) -> OneStep:
    """Explain the next step of a training. The training is afterwards as it was.

    Parameters
    ----------
    training : its state is that before the step
    name : of the weight or bias, as "W1[0,3]"
    example : the index of a training example; the inputs (D,) and the label of any other; None for the first of the batch.
        An example of the batch is explained as the step sees it: augmented, and with its dropout mask

    Raises
    ------
    ValueError : the network has no such parameter, or the example does not fit it.
    """
    network = training.network
    array, index = place_of(network.params, name)
    alone = None if example is None else _signals(network, *_inputs_of(training, example))
    state = training.state()
    chosen, X = training.draw_batch()
    batch = _signals(network, X, training.y[chosen])
    masks = {l: f.mask for l, f in network.activations.items() if isinstance(f, Dropout)}
    row = _row_of(chosen, example)
    explanation = _Explanation(training, name, batch, alone if row is None and alone else batch, row, masks)
    lines = tuple(explanation.lines())
    training.restore(state)
    training.one_step()
    reached = float(array[index])
    training.restore(state)
    return OneStep(name, explanation.weight, training.step, lines, row, chosen, reached)


def steepest_weight(training: Training, example: int | tuple[ArrayLike, int] | None = None) -> str:
    """Return the name of the weight of the first layer on which the loss of an example depends most.

    Its explanation is a good first one: in that of a weight into a ReLU that is off, all that comes back is 0. The parameters
    are those of `explain_step`; the training is afterwards as it was.
    """
    if example is None:
        example = int(explain_step(training, "W1[0,0]").batch[0])
    one = _signals(training.network, *_inputs_of(training, example))
    gradient = np.outer(one.a[1][0], one.to_z[2][0])
    i, j = np.unravel_index(_largest(gradient), gradient.shape)
    return f"W1[{i},{j}]"


class _Signals(NamedTuple):
    """What goes forward and back through the network for some examples, in float64.

    z, a : by layer, as of MLP.forward
    psi, Delta : (N, K)
    to_a, to_z : by layer, the gradients of each example's own loss J_n with respect to a and z
    """

    z: dict[int, Array]
    a: dict[int, Array]
    psi: Array
    Delta: Array
    y: Labels
    to_a: dict[int, Array]
    to_z: dict[int, Array]


def _signals(network: MLP, X: ArrayLike, y: Labels) -> _Signals:
    with np.errstate(all="ignore"):  # the network may have diverged
        z, a = network.forward(np.asarray(X, np.float64))
        L = network.depth
        psi, Delta = softmax(z[L + 1]), one_hot(y, network.sizes[-1])
        to_a: dict[int, Array] = {}
        to_z: dict[int, Array] = {L + 1: psi - Delta}
        for l in range(L, 1, -1):
            to_a[l] = to_z[l + 1] @ network.params[f"W{l}"].T
            to_z[l] = network.activations[l].multiply_by_derivative(to_a[l].copy(), a[l])
    return _Signals(z, a, psi, Delta, y, to_a, to_z)


def _inputs_of(training, example):
    """X (1, D) and y (1,) of one example."""
    if isinstance(example, tuple):
        X, y = np.asarray(example[0], np.float64)[np.newaxis], np.array([example[1]])
    else:
        if not 0 <= example < len(training.y):
            raise ValueError(f"There is no training example {example:,}: there are {len(training.y):,}, counted from 0.")
        X, y = np.asarray(training.X[[example]]), training.y[[example]]
    training.network.check_input_shape(X.shape)
    return X, training.network.checked_labels(y, 1)


def _row_of(chosen, example):
    """The first row of the batch that holds the example, or None."""
    if example is None:
        return 0
    if not isinstance(example, int):
        return None
    rows = np.flatnonzero(chosen == example)
    return int(rows[0]) if len(rows) else None


class _Function(NamedTuple):
    """An activation: a of z, its derivative as a factor, and what a learner may forget."""

    of_z: str  # LaTeX with one @, of z
    value: Callable[[float], float]
    factor: str  # LaTeX of f′ with an @ for each use of its argument
    argument: str  # of the factor: "z" or "f"
    derivative: Callable[[float], float]
    forgotten: str


FUNCTIONS = {
    "relu": _Function(
        r"\max(0, @)", lambda z: max(z, 0.0), r"\mathbf 1[@ > 0]", "z", lambda z: float(z > 0),
        "A ReLU that is off, with $z \\le 0$, passes nothing on.",
    ),
    "tanh": _Function(
        r"\tanh(@)", np.tanh, r"(1 - {@}^2)", "f", lambda f: 1 - f * f,
        "Multiply by the derivative of tanh, $1 - \\tanh^2 z$.",
    ),
    "sigmoid": _Function(
        r"\frac{1}{1 + e^{-@}}", lambda z: 0.5 * (1 + np.tanh(0.5 * z)), r"@ (1 - @)", "f", lambda f: f * (1 - f),
        "Multiply by the derivative of the sigmoid, $f(1 - f)$.",
    ),
    "identity": _Function("@", lambda z: z, "1", "f", lambda f: 1.0, ""),
}  # fmt: skip


class _Explanation:
    """The lines of one explanation.

    Parameters
    ----------
    batch : signals of all examples of the batch
    one : signals among which the example is
    row : of the example in the batch, None where `one` is the example alone
    masks : of dropout, by layer
    """

    def __init__(
        self, training: Training, name: str, batch: _Signals, one: _Signals, row: int | None, masks: dict[int, Array | None]
    ):
        self.training, self.network, self.batch, self.row = training, training.network, batch, row
        self.L = self.network.depth
        self.name = name
        letter, self.l = name[0], int(name[1 : name.index("[")])
        array, self.index = place_of(self.network.params, name)
        self.start = float(array[self.index])
        self.is_weight = len(self.index) == 2
        self.j = self.index[-1]
        n = row or 0
        self.y = int(one.y[n])
        self.psi, self.Delta = one.psi[n], one.Delta[n]
        self.z, self.a, self.to_a, self.to_z = (
            {l: rows[n] for l, rows in each.items()} for each in (one.z, one.a, one.to_a, one.to_z)
        )
        self.mask = {l: mask[n] for l, mask in masks.items() if mask is not None} if row is not None else {}
        self.units = self._path()
        self.weight = at(of_layer(letter, self.l), *self.index)

    def lines(self) -> Iterator[Line]:
        """From the example to the new value of the parameter."""
        yield from self._forward()
        yield from self._loss()
        yield from self._backward()
        yield from self._batch()
        yield from update_lines(self.training, self.name, self.weight, self._g, self.gradient, self.mean)

    def W(self, l: int) -> Array:
        """W(l) in float64."""
        return self.network.params[f"W{l}"].astype(np.float64)

    def _path(self) -> dict[int, int]:
        """A unit of each layer, from an input (layer 1) to a logit (layer L + 1)."""
        units = {self.l + 1: self.j}
        if self.is_weight:
            units[self.l] = self.index[0]
        for l in range(min(units) - 1, 0, -1):  # down to the input with the largest term of each sum
            units[l] = _largest(self.a[l] * self.network.params[f"W{l}"][:, units[l + 1]])
        for l in range(max(units), self.L + 1):  # up to the logit from which most of the gradient comes
            units[l + 1] = _largest(self.to_z[l + 1] * self.network.params[f"W{l}"][units[l]])
        return units

    # Symbols

    def _a(self, l: int, unit: int | None = None) -> str:
        return at("x" if l == 1 else of_layer("a", l), self.units[l] if unit is None else unit)

    def _z(self, l: int) -> str:
        return at(of_layer("z", l), self.units[l])

    def _name(self, l: int) -> str:
        unit = self.units[l] + 1
        return f"class {unit}" if l == self.L + 1 else f"unit {unit} of hidden layer {l - 1}" if l > 1 else f"input {unit}"

    # Forward, for the example

    def _forward(self) -> Iterator[Line]:
        x = float(self.a[1][self.units[1]])
        yield Line("x", "Forward", self._a(1), "", (), (x,), lambda x: x, f"{self._name(1).capitalize()} of this example.")
        for l in range(1, self.L + 1):
            yield self._sum(l)
            if l < self.L:
                yield from self._activation(l + 1)

    def _sum(self, l: int) -> Line:
        """z(l+1) = Σ a(l) W(l) + b(l)"""
        i, j, W, b = self.units[l], self.units[l + 1], self.W(l), float(self.network.params[f"b{l}"][self.units[l + 1]])
        letter, bias, symbol = "x" if l == 1 else of_layer("a", l), at(of_layer("b", l), j), of_layer("W", l)
        terms = _products("i", f"{letter}_i", f"{symbol}_{{i,{j + 1}}}", self.a[l], W[:, j], i)
        own, weight, others = float(self.a[l][i]), float(W[i, j]), terms.others
        slips = [
            Slip(own * weight + others, "The sum is right. The unit also has a bias."),
            Slip(own * weight + b, "The other inputs of the unit are missing."),
        ]
        if j < len(W) and i < W.shape[1]:
            swapped = own * float(W[j, i]) + others + b
            slips.append(Slip(swapped, "Row and column are swapped: the row is the input, the column the unit."))
        return Line(
            "z", "Forward", self._z(l + 1), r"@ \cdot @ + @ + @",
            (self._a(l), at(symbol, i, j), _others(terms, i), bias),
            (own, weight, others, b), lambda a, w, others, b: a * w + others + b,
            f"What {self._name(l + 1)} adds up: what comes from {self._name(l)}, from all others together, and its bias.",
            OUTPUT if l == self.L else HIDDEN_LAYER, terms, tuple(slips),
        )  # fmt: skip

    def _activation(self, l: int) -> Iterator[Line]:
        """a(l) = f(z(l)), times the mask of dropout"""
        function, z = FUNCTIONS[self.network.activations[l].name], float(self.z[l][self.units[l]])
        symbol, masked = self._a(l), l in self.mask
        about = f"What {self._name(l)} puts out."
        yield Line(
            "f" if masked else "a", "Forward", f"f({self._z(l)})" if masked else symbol, function.of_z, (self._z(l),),
            (z,), function.value, about, ACTIVATION,
            slips=(Slip(z, "That is $z$: the activation is still missing."),),
        )  # fmt: skip
        if masked:
            mask, f = float(self.mask[l][self.units[l]]), float(function.value(z))
            yield Line(
                "a", "Forward", symbol, r"@ \cdot @", (f"f({self._z(l)})", r"\mu"), (f, mask), lambda f, mask: f * mask,
                "Dropout multiplies it by $\\mu$: 0 where it leaves the unit out, else 1 over the share that it leaves in.",
                slips=(Slip(f, "Dropout is missing: multiply by its factor."),),
            )  # fmt: skip

    # The loss of the example

    def _loss(self) -> Iterator[Line]:
        for k in dict.fromkeys((self.y, self.units[self.L + 1])):
            yield self._probability(k)
        J = Line(
            "J", "Loss", "J_n", r"-\log @", (at(PSI, self.y),), (float(self.psi[self.y]),), lambda p: -np.log(p),
            f"The loss of this example, whose class is class {self.y + 1}.", LOSS,
        )  # fmt: skip
        yield replace(
            J,
            slips=(
                Slip(-J.value, "The sign: a probability is below 1, so its logarithm is negative."),
                Slip(J.value / math.log(10), "That is the logarithm to base 10. Here it is the natural one: the key ln."),
            ),
        )

    def _probability(self, k: int) -> Line:
        """ψ_k = e^(z_k − max z) / Σ e^(z_i − max z)"""
        z = self.z[self.L + 1]
        shifted = z - z.max()
        exp = np.exp(shifted)
        letter = of_layer("z", self.L + 1)
        terms = Terms(
            ("i", f"{letter}_i", f"{letter}_i - z_{{max}}", f"e^{{{letter}_i - z_{{max}}}}"),
            range(1, len(z) + 1), np.stack([z, shifted, exp], axis=1), None,
        )  # fmt: skip
        return Line(
            "psi", "Loss", at(PSI, k), r"\frac{e^{@}}{@}",
            (f"{at(letter, k)} - z_{{max}}", rf"\sum_i e^{{{letter}_i - z_{{max}}}}"),
            (float(shifted[k]), float(exp.sum())), lambda z, total: np.exp(z) / total,
            f"The probability of class {k + 1}. $z_{{max}}$ is the largest logit: to subtract it from all changes nothing.",
            OUTPUT, terms, (Slip(float(exp[k]), "That is the exponential alone. Divide it by the sum of all."),),
        )  # fmt: skip

    # Back to the parameter, for the example

    def _backward(self) -> Iterator[Line]:
        yield self._logit()
        for l in range(self.L, self.l, -1):
            yield self._to_activation(l)
            yield self._to_sum(l)
        yield self._to_parameter()

    def _logit(self) -> Line:
        """∂J_n/∂z(L+1) = ψ − Δ"""
        k = self.units[self.L + 1]
        p, label = float(self.psi[k]), float(self.Delta[k])
        return Line(
            "dz_out", "Backward", derivative(self._z(self.L + 1)), "@ - @",
            (at(PSI, k), at(DELTA, k)), (p, label), lambda p, label: p - label,
            f"How the loss changes with the logit of class {k + 1}. $\\Delta$ is 1 for the class of the example, else 0.",
            LOGITS,
            slips=(
                Slip(label - p, r"The sign: it is $\psi - \Delta$, the probability minus the label."),
                Slip(p - 1 + label, r"Is this the class of the example? $\Delta$ is 1 there, and 0 elsewhere."),
                Slip(p, r"The label is missing: subtract $\Delta$ from $\psi$."),
            ),
        )  # fmt: skip

    def _to_activation(self, l: int) -> Line:
        """∂J_n/∂a(l) = Σ_k ∂J_n/∂z(l+1)_k W(l)_k"""
        j, k, W = self.units[l], self.units[l + 1], self.W(l)
        symbol, above = of_layer("W", l), of_layer("z", l + 1)
        terms = _products("k", derivative(f"{above}_k"), f"{symbol}_{{{j + 1},k}}", self.to_z[l + 1], W[j], k)
        own, weight, others = float(self.to_z[l + 1][k]), float(W[j, k]), terms.others
        slips = [Slip(own * weight, "The unit feeds others too: add what comes back from them.")]
        if k < len(W) and j < W.shape[1]:
            slips.append(Slip(own * float(W[k, j]) + others, "Take the weight that leaves this unit: its row is the unit."))
        return Line(
            "da", "Backward", derivative(self._a(l)), r"@ \cdot @ + @",
            (derivative(self._z(l + 1)), at(symbol, j, k), _others(terms, k)),
            (own, weight, others), lambda g, w, others: g * w + others,
            f"Back to {self._name(l)}: from {self._name(l + 1)}, and from all others that it feeds.",
            HIDDEN_SUMS, terms, tuple(slips),
        )  # fmt: skip

    def _to_sum(self, l: int) -> Line:
        """∂J_n/∂z(l) = ∂J_n/∂a(l) · f′(z(l)), times the mask of dropout"""
        unit = self.units[l]
        function = FUNCTIONS[self.network.activations[l].name]
        z = float(self.z[l][unit])
        argument = z if function.argument == "z" else float(function.value(z))
        of = self._z(l) if function.argument == "z" else f"f({self._z(l)})" if l in self.mask else self._a(l)
        upstream, uses = float(self.to_a[l][unit]), function.factor.count("@")
        names, numbers = (derivative(self._a(l)), *[of] * uses), (upstream, *[argument] * uses)
        pattern = rf"@ \cdot {function.factor}"
        masked = l in self.mask
        if masked:
            pattern, names, numbers = rf"{pattern} \cdot @", (*names, r"\mu"), (*numbers, float(self.mask[l][unit]))

        def compute(upstream, *rest):
            factor = function.derivative(rest[0]) if uses else 1.0
            return upstream * factor * (rest[-1] if masked else 1.0)

        slips = [Slip(upstream, function.forgotten)] if function.forgotten else []
        if masked:
            unmasked = float(compute(*numbers[:-1], 1.0))
            slips.append(Slip(unmasked, "Dropout is missing: multiply by its factor $\\mu$ here too."))
        return Line(
            "dz", "Backward", derivative(self._z(l)), pattern, names, numbers, compute,
            f"Back through the activation of {self._name(l)}: times its derivative{', and the factor of dropout' * masked}.",
            HIDDEN_SUMS, None, tuple(slips),
        )  # fmt: skip

    def _to_parameter(self) -> Line:
        """∂J_n/∂W(l)_ij = a(l)_i ∂J_n/∂z(l+1)_j,  ∂J_n/∂b(l)_j = ∂J_n/∂z(l+1)_j"""
        upstream, back = float(self.to_z[self.l + 1][self.j]), derivative(self._z(self.l + 1))
        if not self.is_weight:
            return Line(
                "dw", "Backward", derivative(self.weight), "@", (back,), (upstream,), lambda g: g,
                "A bias is added to the sum as it is: its gradient is that of the sum.", self._lesson(),
            )  # fmt: skip
        a = float(self.a[self.l][self.index[0]])
        return Line(
            "dw", "Backward", derivative(self.weight), r"@ \cdot @", (self._a(self.l), back), (a, upstream),
            lambda a, g: a * g, "What comes in along the weight, times the gradient of the sum that it goes into.",
            self._lesson(),
            slips=(
                Slip(self.start * upstream, "The local gradient is what comes in along the weight, not the weight itself."),
                Slip(upstream, "That is the gradient of the sum. Multiply it by what comes in along the weight."),
            ),
        )  # fmt: skip

    def _lesson(self) -> Lesson:
        last = self.l == self.L
        return "backpropagation", f"{'weights-w' if self.is_weight else 'biases-b'}-{2 if last else 1}"

    # The gradient of the batch, with the penalty

    def _batch(self) -> Iterator[Line]:
        mean = self._mean()
        yield mean
        self.mean = self.gradient = mean.value
        reg = self.training.reg
        if not (self.is_weight and reg):
            return
        pull = self._penalty(reg)
        yield pull
        g = Line(
            "g", "Batch", self._g, "@ + @", (mean.symbol, pull.symbol), (mean.value, pull.value),
            lambda mean, pull: mean + pull, "The gradient of the loss that training minimises: cross-entropy plus penalty.",
            PENALTY, slips=(Slip(mean.value - pull.value, "Both are added: the penalty is a part of the loss."),),
        )  # fmt: skip
        yield g
        self.gradient = g.value

    @property
    def _g(self) -> str:
        """The gradient that the optimiser receives."""
        return derivative(self.weight, r"\tilde J" if self.is_weight and self.training.reg else "J")

    def _mean(self) -> Line:
        """∂J/∂W = (1/N) Σ_n ∂J_n/∂W"""
        chosen, back = self.batch, self.batch.to_z[self.l + 1][:, self.j]
        N, symbol = len(back), derivative(self.weight)
        head = derivative(at(of_layer("z", self.l + 1), self.j))
        if self.is_weight:
            terms = _products("n", self._a(self.l), head, chosen.a[self.l][:, self.index[0]], back, self.row)
        else:
            terms = Terms(("n", head), range(1, N + 1), back[:, np.newaxis], self.row)
        own = () if self.row is None else (float(terms.columns[self.row, -1]),)
        unlike = r" \ne n" if own else ""
        of_others = rf"{{\textstyle \sum_{{m{unlike}}}}} {derivative(self.weight, 'J_m')}"
        about = (
            f"The step takes the mean over its batch of $N = {N}$. This example is not in it."
            if self.row is None
            else f"The mean over the batch of $N = {N}$: this example, and all others together."
        )
        total = sum(own) + terms.others
        return Line(
            "mean", "Batch", derivative(self.weight, "J"), r"\frac{@ + @}{@}" if own else r"\frac{@}{@}",
            (*[symbol] * len(own), of_others, "N"), (*own, terms.others, N), lambda *each: sum(each[:-1]) / each[-1],
            about, self._lesson(), terms, (Slip(total, "$J$ is a mean over the batch: divide by $N$ once."),),
        )  # fmt: skip

    def _penalty(self, reg: float) -> Line:
        """2λW for L2, λ sign W for L1"""
        norm = rf"\lVert W^{{({self.l})}} \rVert^2" if self.network.penalty == "l2" else rf"\sum |W^{{({self.l})}}|"
        symbol = derivative(self.weight, rf"\lambda {norm}")
        about = "The penalty pulls every weight towards 0. It is not part of the mean."
        if self.network.penalty == "l2":
            return Line(
                "penalty", "Batch", symbol, r"2 \cdot @ \cdot @", (r"\lambda", self.weight), (reg, self.start),
                lambda reg, w: 2 * reg * w, about, PENALTY,
                slips=(
                    Slip(reg * self.start, "The derivative of a square has a factor 2: there is no ½ before the penalty."),
                    Slip(reg * self.start**2, "That is the penalty. Here its derivative is wanted."),
                ),
            )  # fmt: skip
        return Line(
            "penalty", "Batch", symbol, r"@ \cdot \operatorname{sign}(@)", (r"\lambda", self.weight),
            (reg, self.start), lambda reg, w: reg * np.sign(w), about, PENALTY,
            slips=(Slip(reg * self.start, "The derivative of $|w|$ is its sign, whatever its size."),),
        )  # fmt: skip


def _products(index: str, left: str, right: str, lefts: Array, rights: Array, own: int | None) -> Terms:
    """The terms of Σ left · right."""
    columns = np.stack([lefts, rights, lefts * rights], axis=1)
    return Terms((index, left, right, rf"{left}\, {right}"), range(1, len(columns) + 1), columns, own)


def _others(terms: Terms, own: int) -> str:
    """LaTeX of the sum of the other terms. It is as high as a line of text."""
    index, left, right, _ = terms.heads
    return rf"{{\textstyle \sum_{{{index} \ne {own + 1}}}}} {left} {right}"


def _largest(terms: Array) -> int:
    """The index of the largest magnitude."""
    return int(np.argmax(np.nan_to_num(np.abs(terms))))
