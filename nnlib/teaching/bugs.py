"""Faulty backward passes: the slips that learners make and publish, each with why it is one and how its errors give it away."""

from dataclasses import dataclass

from nnlib.teaching.listing import LISTING


@dataclass(frozen=True)
class Bug:
    """
    id         names it for ever
    title      what it is called once it is found
    changes    line of the right listing → the lines that stand there instead
    faulty     those of the new lines that a learner may point at
    cure       the lines as they should be, where the faulty ones stand
    why        what is wrong with it
    pattern    how the errors give it away
    wrong      the parameters whose gradient comes out wrong
    training   why training with it ends lower than with the right lines, where it does
    overflows  whether it shows only where logits are large: the problem then has some near 800
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

    @property
    def listing(self):
        """The faulty backward pass: a tuple of lines."""
        return tuple(line for right in LISTING for line in self.changes.get(right, (right,)))

    @property
    def faulty_lines(self):
        """The numbers, counted from 1, of the lines that are wrong."""
        return tuple(number for number, line in enumerate(self.listing, start=1) if line in self.faulty)


def _one_line(id, title, right, faulty, **told):
    """A bug in one line."""
    return Bug(id, title, {right: (faulty,)}, (faulty,), right, **told)


PSI, DZ3, DW2, DB2, MASK, DZ2, DW1, DB1 = LISTING
ALL = frozenset(("W1", "b1", "W2", "b2"))
FIRST_LAYER = frozenset(("W1", "b1"))

BUGS = (
    _one_line(
        "no-mean",
        "The batch is not averaged",
        DZ3,
        "dz3 = psi - Delta",
        why="J is a mean over N examples, so its gradient carries 1/N. Without it every gradient of the data is N times too "
        "large, while the penalty's stays as it was: as with a learning rate N times larger, and a λ N times smaller.",
        pattern="All four gradients are wrong. In the biases every entry has the same error, 1 − 1/N = 75 %: a factor of "
        "exactly N. In the weights the penalty, which is right, blurs the factor.",
        wrong=ALL,
    ),
    _one_line(
        "l2-without-two",
        "The penalty's 2 is lost",
        DW2,
        "dW2 = a2.T @ dz3 + lam*W2",
        why="The penalty is λ‖W‖² with no ½ in front, so its derivative is 2λW.",
        pattern="Only W2 is wrong, and by amounts that follow its own entries: the difference is λW2. With λ = 0 it would "
        "vanish.",
        wrong=frozenset(("W2",)),
    ),
    _one_line(
        "bias-mean",
        "Divided by N twice",
        DB1,
        "db1 = sum(dz2, axis=0)/N",
        why="The 1/N is already in dz3, and came down with it. A bias reaches every example, so its gradient is the sum over "
        "the batch.",
        pattern="Only b1 is wrong, every entry by 75 %: a factor of exactly N once more, now in one place.",
        wrong=frozenset(("b1",)),
    ),
    _one_line(
        "mask-forgotten",
        "The ReLU is forgotten",
        DZ2,
        "dz2 = dz3 @ W2.T",
        why="A unit that is off for an example passes nothing on, so nothing may flow back through it: the derivative of "
        "max(0, z) is 1 where z > 0, else 0.",
        pattern="The second layer is right, the first is wrong: the fault lies on the way from z(3) back to z(2). Unit 1, "
        "which is on for every example, has a column without error.",
        wrong=FIRST_LAYER,
    ),
    _one_line(
        "sign",
        "Uphill",
        DZ3,
        "dz3 = (Delta - psi)/N",
        why="∂J/∂z(3) is (ψ − Δ)/N. The other way round it is the direction in which the loss grows.",
        pattern="All four gradients are wrong. In the biases every error is 200 %: right size, wrong sign.",
        wrong=ALL,
    ),
    _one_line(
        "bias-without-sum",
        "One bias gradient for each example",
        DB2,
        "db2 = dz3",
        why="The same bias is added for every example, so its gradient is the sum of what each example asks for. Without the "
        "sum there is one row an example, and no gradient of b2.",
        pattern="b2 is wrong in its shape already: 4×4 where there are 4 biases. Yet `b2 = b2 - eta*db2` would broadcast "
        "without a word, and leave every example with biases of its own.",
        wrong=frozenset(("b2",)),
        training="Lower than it should be, and no success: b2 has become 4×4. Broadcasting gives each example a row of biases "
        "of its own, so the network learns the answers of these four by heart. For a fifth example there is no row.",
    ),
    _one_line(
        "w2-not-transposed",
        "W2 the wrong way round",
        DZ2,
        "dz2 = (dz3 @ W2) * mask",
        why="On the way back z(3) = a(2)W2 + b2 is undone with W2ᵀ: unit h hears from every class k with the weight W2[h, k].",
        pattern="The second layer is right, the first wrong almost everywhere. Only H = K lets the product through at all.",
        wrong=FIRST_LAYER,
    ),
    _one_line(
        "l2-forgotten",
        "W1 goes without penalty",
        DW1,
        "dW1 = X.T @ dz2",
        why="The loss counts λ‖W1‖² as well as λ‖W2‖², so ∂J̃/∂W1 ends in 2λW1.",
        pattern="Only W1 is wrong, and its bias is right: so dz2 is right, and the fault lies in the line of dW1 itself.",
        wrong=frozenset(("W1",)),
    ),
    _one_line(
        "mask-on-z3",
        "The mask of another layer",
        MASK,
        "mask = z3 > 0",
        why="The ReLU acts on z(2), so z(2) says which units were on. z(3) are logits, which pass through no ReLU.",
        pattern="Right in the second layer, wrong in the first, where the two masks differ. Only H = K lets it through.",
        wrong=FIRST_LAYER,
    ),
    _one_line(
        "a2-on-the-wrong-side",
        "The wrong side of the product",
        DW2,
        "dW2 = dz3 @ a2.T + 2*lam*W2",
        why="With one example a row, the sum over the batch is the inner one of a(2)ᵀ(…): H×N times N×K. On the other side "
        "the product adds over classes, and mixes examples that have nothing to do with each other.",
        pattern="Only W2 is wrong, while b2 is right: so dz3 is right, and the fault lies in the line of dW2 itself.",
        wrong=frozenset(("W2",)),
    ),
    _one_line(
        "softmax-over-the-batch",
        "Softmax down the columns",
        PSI,
        "psi = exp(z3)/sum(exp(z3), axis=0)",
        why="With one example a row, each row of ψ sums to 1: the sum goes over the classes, axis 1. Here each column does, "
        "as if the examples competed for a class.",
        pattern="All four gradients are wrong, with no common factor: ψ itself is wrong.",
        wrong=ALL,
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
        pattern="Only b1 is wrong, W1 is right: so dz2 is right, and the fault lies in the line of db1 itself.",
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
        why="The penalty is λ(‖W1‖² + ‖W2‖²): each matrix is squared by itself. ‖W1 + W2‖² is something else, and exists "
        "only where both have the same shape.",
        pattern="Both weight matrices are wrong, both biases right: so dz3 and dz2 are right, and the penalty is the only "
        "thing left.",
        wrong=frozenset(("W1", "W2")),
    ),
    _one_line(
        "penalised-bias",
        "A penalty on the biases",
        DB1,
        "db1 = sum(dz2, axis=0) + 2*lam*b1",
        why="The loss counts λ‖W‖² for the weights only. What the loss does not contain has no place in its gradient.",
        pattern="Only b1 is wrong, and by amounts that follow its own entries: 2λb1.",
        wrong=frozenset(("b1",)),
    ),
    _one_line(
        "transposed-gradient",
        "The gradient of W1, transposed",
        DW1,
        "dW1 = dz2.T @ X + 2*lam*W1",
        why="This is (Xᵀ dz2)ᵀ: row and column of every entry are swapped, H×D instead of D×H.",
        pattern="Only W1 is wrong, b1 is right, and so is the diagonal of W1, where row and column are swapped without effect.",
        wrong=frozenset(("W1",)),
    ),
    Bug(
        "updated-too-early",
        "W2 is updated before it is used",
        {DW2: (DW2, "W2 -= 0.1*dW2")},
        ("W2 -= 0.1*dW2",),
        "W2 -= 0.1*dW2  # only after the last line",
        why="dz2 must be taken with the W2 of the forward pass. Here a step of gradient descent has changed it in between.",
        pattern="The second layer is right. The first is wrong by little, as little as W2 moves in a step. Small errors are "
        "errors too: a right gradient agrees to eight digits.",
        wrong=FIRST_LAYER,
        training="That a wrong gradient ends no higher is luck: it points so nearly the right way that the loss falls as fast.",
    ),
    Bug(
        "second-name",
        "Two names for one array",
        {DW2: ("dW2 = W2", "dW2 *= 2*lam", "dW2 += a2.T @ dz3")},
        ("dW2 = W2", "dW2 *= 2*lam", "dW2 += a2.T @ dz3"),
        "dW2 = 2*lam*W2  # a new array\ndW2 += a2.T @ dz3",
        why="`dW2 = W2` makes no copy: both names mean the same array, so what is done to dW2 in place is done to the "
        "weights. A few lines on, W2 is no longer W2.",
        pattern="A riddle: dW2, the line that looks odd, is right. What uses W2 after it is wrong, and so the whole first "
        "layer is.",
        wrong=FIRST_LAYER,
    ),
    _one_line(
        "overflow",
        "Softmax without the shift",
        PSI,
        "psi = exp(z3)/sum(exp(z3), axis=1)",
        why="On paper this is softmax. In floating point exp(800) is infinite, and ∞/∞ is nan. Subtracting the largest logit "
        "of each row first changes nothing on paper and keeps exp at 1 or below, as `softmax` does here.",
        pattern="No wrong numbers but none at all: nan. It begins in the column of the class with the large logit, and "
        "spreads to all of the first layer, since nan times 0 is nan.",
        wrong=ALL,
        overflows=True,
    ),
)


_BY_ID = {bug.id: bug for bug in BUGS}


def bug_named(id):
    """The Bug with this id. Raises KeyError for another."""
    return _BY_ID[id]
