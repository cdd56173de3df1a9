"""The lines of the backward pass, to be put in order, with false lines among them from the bug collection.

Every order in which the lines can be run is right: the gradients decide.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from nnlib.teaching.bug_lab import problem, same_gradient
from nnlib.teaching.bugs import ONE_LINE_BUGS
from nnlib.teaching.listing import LISTING, PARAMETERS, ListingError, gradients

FALSE_LINES = 4
FALSE = {bug.faulty[0]: bug for bug in ONE_LINE_BUGS}  # a false line → its bug


@dataclass(frozen=True)
class Verdict:
    """Whether lines are the backward pass, and one or two sentences about them (Markdown)."""

    right: bool
    message: str


def lines_to_order(seed: int) -> list[str]:
    """Return the lines of the backward pass and FALSE_LINES false ones, for different lines, in an order drawn from `seed`."""
    rng = random.Random(seed)
    replaced = rng.sample(sorted({right for bug in FALSE.values() for right in bug.changes}), FALSE_LINES)
    false = [rng.choice([line for line, bug in FALSE.items() if right in bug.changes]) for right in replaced]
    lines = [*LISTING, *false]
    rng.shuffle(lines)
    return lines


def check_order(lines: Sequence[str]) -> Verdict:
    """Run lines in their order, and compare their gradients with the right ones."""
    false = [FALSE[line] for line in lines if line in FALSE]
    try:
        found = _gradients(tuple(lines))
    except ListingError as error:
        return Verdict(False, str(error))
    wrong = [name for name, right in _gradients(LISTING).items() if not same_gradient(found[name], right)]
    if wrong:
        named = ", ".join(f"`d{name}`" for name in wrong)
        verb = "is" if len(wrong) == 1 else "are"
        return Verdict(False, f"The lines run, but {named} {verb} wrong. A line does not belong here. {false[0].why}")
    if len(lines) > len(LISTING):
        return Verdict(False, "The gradients are right, but a line is there that is not needed.")
    return Verdict(True, f"Right: all {len(PARAMETERS)} gradients come out, in an order in which every line finds its values.")


@cache
def _gradients(lines):
    on = problem()
    return gradients(lines, on.net, on.X, on.y, on.reg)
