"""What may be wrong in a backward pass that a learner wrote, from the pattern of its errors."""

from collections.abc import Mapping

from nnlib.teaching.bug_lab import Problem, bug_with_the_errors_of
from nnlib.teaching.bugs import ALL, FIRST_LAYER
from nnlib.teaching.listing import Checked

WHERE_TO_LOOK = {
    ALL: "All four are wrong, and all four depend on `dz3`: look at it first.",
    FIRST_LAYER: "The second layer is right, so `dz3` is right. Look at the lines between `dz3` and the first layer.",
    frozenset(
        ("W1", "W2")
    ): "Both biases are right, so `dz3` and `dz2` are probably right. Look at the two products and the penalty.",
    frozenset(("b1", "b2")): "Both weights are right, so `dz3` and `dz2` are probably right. Look at the two sums.",
}


def listing_hint(checked: Mapping[str, Checked], start: Problem) -> str:
    """Return the reason for wrong gradients if a known bug has the same ones, else where to look; "" if none is wrong.

    Parameters
    ----------
    checked : the gradients that the listing sets, by parameter name
    start : on which they were checked
    """
    wrong = frozenset(name for name, each in checked.items() if not each.agrees)
    if not wrong:
        return ""
    bug = bug_with_the_errors_of(checked, start)
    if bug:
        return bug.why
    lines = " and ".join(f"`d{name}`" for name in sorted(wrong))
    also = ", and at those between `dz3` and the first layer" if wrong > FIRST_LAYER else " alone"
    return WHERE_TO_LOOK.get(wrong, f"The other gradients are right, so look at the lines of {lines}{also}.")
