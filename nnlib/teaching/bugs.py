"""Faulty backward passes with common mistakes, each with its cause and with the pattern that its errors show."""

from dataclasses import dataclass
from typing import Any

from nnlib.teaching.listing import LISTING


@dataclass(frozen=True)
class Bug:
    """A faulty backward pass.

    id : identifies it in saved progress; it never changes.
    title : its name, displayed once it is found.
    changes : line of the correct listing → the lines that replace it.
    faulty : the new lines that count as the right answer.
    cure : correct lines in place of the faulty ones.
    why : what is wrong.
    pattern : what the errors of the gradients show.
    wrong : the parameters with a wrong gradient.
    training : if training with it ends at a lower loss than with the correct lines: why.
    overflows : whether the mistake has an effect only for large logits; the problem then has some near 800.
    trains : whether gradient descent with it still reduces the loss to less than half.
    """

    id: str
    title: str
    changes: dict[str, tuple[str, ...]]
    faulty: tuple[str, ...]
    cure: str
    why: str
    pattern: str
    wrong: frozenset[str]
    training: str = ""
    overflows: bool = False
    trains: bool = True

    @property
    def listing(self) -> tuple[str, ...]:
        """The lines of the faulty backward pass."""
        return tuple(line for right in LISTING for line in self.changes.get(right, (right,)))

    @property
    def faulty_lines(self) -> tuple[int, ...]:
        """The numbers, counted from 1, of the lines that are wrong."""
        return tuple(number for number, line in enumerate(self.listing, start=1) if line in self.faulty)


def _one_line(id: str, title: str, right: str, faulty: str, **texts: Any) -> Bug:
    """A bug in one line: `faulty` replaces `right`."""
    return Bug(id, title, {right: (faulty,)}, (faulty,), right, **texts)


PSI, DZ3, DW2, DB2, MASK, DZ2, DW1, DB1 = LISTING
ALL = frozenset(("W1", "b1", "W2", "b2"))
FIRST_LAYER = frozenset(("W1", "b1"))

BUGS = (
    _one_line(
        "no-mean",
        "The batch is not averaged",
        DZ3,
        "dz3 = psi - Delta",
        why="J is a mean over N examples, so its gradient has the factor 1/N. Without it, the gradient of J is N times too "
        "large, and that of the penalty is correct: the same as multiplying the learning rate by N and dividing λ by N.",
        pattern="All four gradients are wrong. In the biases every entry has the same error, 1 − 1/N = 75 %: a factor of "
        "exactly N. In the weights the factor is not exact, because the part of the penalty is correct.",
        wrong=ALL,
    ),
    _one_line(
        "l2-without-two",
        "The penalty lacks its factor 2",
        DW2,
        "dW2 = a2.T @ dz3 + lam*W2",
        why="The penalty is λ‖W‖² with no ½ in front, so its derivative is 2λW.",
        pattern="Only W2 is wrong, and the difference is proportional to its own entries: λW2. With λ = 0 it would be zero.",
        wrong=frozenset(("W2",)),
    ),
    _one_line(
        "bias-mean",
        "Divided by N twice",
        DB1,
        "db1 = sum(dz2, axis=0)/N",
        why="The factor 1/N is already in dz3, and therefore in dz2. A bias is added for every example, so its gradient is the "
        "sum over the batch.",
        pattern="Only b1 is wrong, every entry by 75 %: again a factor of exactly N, now in one place.",
        wrong=frozenset(("b1",)),
    ),
    _one_line(
        "mask-forgotten",
        "The ReLU is forgotten",
        DZ2,
        "dz2 = dz3 @ W2.T",
        why="If a unit is off for an example, its output is 0 and no gradient flows back through it: the derivative of "
        "max(0, z) is 1 where z > 0, else 0.",
        pattern="The second layer is right, the first is wrong: the mistake is between z(3) and z(2). Unit 1, "
        "which is on for every example, has a column without error.",
        wrong=FIRST_LAYER,
    ),
    _one_line(
        "sign",
        "Uphill",
        DZ3,
        "dz3 = (Delta - psi)/N",
        why="∂J/∂z(3) is (ψ − Δ)/N. With the opposite sign, it points in the direction in which the loss grows.",
        pattern="All four gradients are wrong. In the biases every error is 200 %: right magnitude, wrong sign.",
        wrong=ALL,
        trains=False,
    ),
    _one_line(
        "bias-without-sum",
        "One bias gradient for each example",
        DB2,
        "db2 = dz3",
        why="The same bias is added for every example, so its gradient is the sum over all examples. Without the "
        "sum there is one row for each example, not one gradient of b2.",
        pattern="Even the shape of b2's gradient is wrong: 4×4 for 4 biases. Yet `b2 = b2 - eta*db2` would broadcast "
        "without an error, and give every example its own biases.",
        wrong=frozenset(("b2",)),
        training="A lower loss, but no success: b2 is now 4×4. Broadcasting gives each example its own row of biases, "
        "so the network memorises the answers to these four. For a fifth example there is no row.",
    ),
    _one_line(
        "w2-not-transposed",
        "W2 is not transposed",
        DZ2,
        "dz2 = (dz3 @ W2) * mask",
        why="z(3) = a(2)W2 + b2, so unit h gets the sum over all classes k of the gradient of class k times W2[h, k]. That is "
        "the product with W2ᵀ.",
        pattern="The second layer is right, the first wrong almost everywhere. The product is defined only because H = K.",
        wrong=FIRST_LAYER,
    ),
    _one_line(
        "l2-forgotten",
        "W1 has no penalty",
        DW1,
        "dW1 = X.T @ dz2",
        why="The loss contains λ‖W1‖² as well as λ‖W2‖², so ∂J̃/∂W1 ends in 2λW1.",
        pattern="Only W1 is wrong, and its bias is right: so dz2 is right, and the mistake is in the line of dW1.",
        wrong=frozenset(("W1",)),
    ),
    _one_line(
        "mask-on-z3",
        "The mask of another layer",
        MASK,
        "mask = z3 > 0",
        why="The ReLU acts on z(2), so z(2) determines which units were on. z(3) are logits; no ReLU is applied to them.",
        pattern="Right in the second layer, wrong in the first, where the two masks differ. Defined only because H = K.",
        wrong=FIRST_LAYER,
    ),
    _one_line(
        "a2-on-the-wrong-side",
        "The wrong side of the product",
        DW2,
        "dW2 = dz3 @ a2.T + 2*lam*W2",
        why="Every row is one example, so the product a(2)ᵀ(…), H×N times N×K, sums over the batch. With the factors exchanged "
        "it sums over classes, and mixes unrelated examples.",
        pattern="Only W2 is wrong, while b2 is right: so dz3 is right, and the mistake is in the line of dW2.",
        wrong=frozenset(("W2",)),
    ),
    _one_line(
        "softmax-over-the-batch",
        "Softmax down the columns",
        PSI,
        "psi = exp(z3)/sum(exp(z3), axis=0)",
        why="Every row is one example, so each row of ψ must sum to 1: the sum is over the classes, axis 1. Here each column "
        "sums to 1, as if the examples competed for a class.",
        pattern="All four gradients are wrong, with no common factor: ψ itself is wrong.",
        wrong=ALL,
        trains=False,
    ),
    _one_line(
        "always-greater-or-equal",
        "A mask that is always on",
        MASK,
        "mask = a2 >= 0",
        why="a(2) = max(0, z(2)) is never negative, so a(2) ≥ 0 holds everywhere and the mask does nothing. `a2 > 0` would do.",
        pattern="The same pattern as without a mask: the second layer right, the first wrong.",
        wrong=FIRST_LAYER,
    ),
    _one_line(
        "copied-line",
        "Copied from the layer above",
        DB1,
        "db1 = sum(dz3, axis=0)",
        why="b1 is added in z(2), so its gradient is the sum of dz2. dz3 belongs to b2.",
        pattern="Only b1 is wrong, W1 is right: so dz2 is right, and the mistake is in the line of db1.",
        wrong=frozenset(("b1",)),
    ),
    Bug(
        "sum-of-weights",
        "The penalty of a sum",
        {
            DW2: ("dW2 = a2.T @ dz3 + 2*lam*(W1 + W2)",),
            DW1: ("dW1 = X.T @ dz2 + 2*lam*(W1 + W2)",),
        },
        ("dW2 = a2.T @ dz3 + 2*lam*(W1 + W2)", "dW1 = X.T @ dz2 + 2*lam*(W1 + W2)"),
        f"{DW2}\n{DW1}",
        why="The penalty is λ(‖W1‖² + ‖W2‖²): each matrix is squared separately. ‖W1 + W2‖² is something else, and is defined "
        "only if both have the same shape.",
        pattern="Both weight matrices are wrong, both biases right: so dz3 and dz2 are right, and only the penalty can "
        "be wrong.",
        wrong=frozenset(("W1", "W2")),
    ),
    _one_line(
        "penalised-bias",
        "A penalty on the biases",
        DB1,
        "db1 = sum(dz2, axis=0) + 2*lam*b1",
        why="The loss contains λ‖W‖² for the weights only, so the gradient of a bias has no penalty term.",
        pattern="Only b1 is wrong, and the difference is proportional to its own entries: 2λb1.",
        wrong=frozenset(("b1",)),
    ),
    _one_line(
        "transposed-gradient",
        "The gradient of W1, transposed",
        DW1,
        "dW1 = dz2.T @ X + 2*lam*W1",
        why="This is (Xᵀ dz2)ᵀ: row and column of every entry are swapped, H×D instead of D×H.",
        pattern="Only W1 is wrong, b1 is right, and so is the diagonal of W1, where swapping row and column has no effect.",
        wrong=frozenset(("W1",)),
    ),
    Bug(
        "updated-too-early",
        "W2 is updated before it is used",
        {DW2: (DW2, "W2 -= 0.1*dW2")},
        ("W2 -= 0.1*dW2",),
        "W2 -= 0.1*dW2  # only after the last line",
        why="dz2 must be computed with the W2 of the forward pass. Here a step of gradient descent has already changed it.",
        pattern="The second layer is right. The first has a small error, because W2 changes little in a step. Small errors are "
        "errors too: a correct gradient agrees to eight digits.",
        wrong=FIRST_LAYER,
        training="The wrong gradient does as well here by chance: its direction is almost right, so the loss falls as fast.",
    ),
    Bug(
        "second-name",
        "Two names for one array",
        {DW2: ("dW2 = W2", "dW2 *= 2*lam", "dW2 += a2.T @ dz3")},
        ("dW2 = W2", "dW2 *= 2*lam", "dW2 += a2.T @ dz3"),
        "dW2 = 2*lam*W2  # a new array\ndW2 += a2.T @ dz3",
        why="`dW2 = W2` makes no copy: both names refer to the same array, so changing dW2 in place also changes the "
        "weights. The lines after it use a changed W2.",
        pattern="dW2, the line that looks odd, is right. The lines after it that use W2 are wrong, and so the whole first "
        "layer is.",
        wrong=FIRST_LAYER,
    ),
    _one_line(
        "overflow",
        "Softmax without the shift",
        PSI,
        "psi = exp(z3)/sum(exp(z3), axis=1, keepdims=True)",
        why="On paper this is softmax. In floating point exp(800) is infinite, and ∞/∞ is nan. `softmax` "
        "first subtracts the largest logit of each row: that does not change ψ, and keeps exp at 1 or below.",
        pattern="The gradients are nan. It begins in the column of the class with the large logit, and "
        "spreads to the whole first layer, because nan times 0 is nan.",
        wrong=ALL,
        trains=False,
        overflows=True,
    ),
)


# Those of a single line that is wrong for ordinary numbers too.
ONE_LINE_BUGS = tuple(bug for bug in BUGS if len(bug.faulty) == 1 and len(bug.listing) == len(LISTING) and not bug.overflows)

_BY_ID = {bug.id: bug for bug in BUGS}


def bug_named(id: str) -> Bug:
    """Return the Bug with this id. Raises KeyError for an unknown one."""
    return _BY_ID[id]
