"""An exam: a backward pass written from memory, and faulty ones whose wrong line is named and written right."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from nnlib.teaching.bug_lab import problem, problem_of, same_gradient
from nnlib.teaching.bugs import Bug, bug_named
from nnlib.teaching.listing import (
    LISTING,
    PARAMETERS,
    STATEMENT,
    Checked,
    ListingError,
    compare,
    gradients,
    run_what_can_be_run,
)

BUG_COUNT = 10
# What the bugs are drawn from. Stored exams are drawn again from their seeds, so that this order must stay as it is.
DRAWN_FROM = (
    "no-mean", "l2-without-two", "bias-mean", "mask-forgotten", "sign", "bias-without-sum", "w2-not-transposed", "l2-forgotten",
    "mask-on-z3", "a2-on-the-wrong-side", "softmax-over-the-batch", "always-greater-or-equal", "copied-line", "penalised-bias",
    "transposed-gradient",
)  # fmt: skip
POINTS_PER_GRADIENT = 5  # points for a right gradient in the learner's listing,
POINTS_PER_LINE, POINTS_PER_CORRECTION = 1, 1  # for the number of a wrong line, and for the line that was written in its place
LISTING_POINTS = POINTS_PER_GRADIENT * len(PARAMETERS)
BUG_POINTS = (POINTS_PER_LINE + POINTS_PER_CORRECTION) * BUG_COUNT
MOST_POINTS = LISTING_POINTS + BUG_POINTS
DIFFERENT_SIZES = (5, 4, 6, 3)  # N, D, H, K


@dataclass(frozen=True)
class ListingMark:
    """
    checked : the gradients that the listing sets, by parameter name
    errors : of the lines that cannot be run, and of gradients that are missing
    """

    checked: Mapping[str, Checked]
    errors: tuple[ListingError, ...]

    @property
    def points(self) -> int:
        return POINTS_PER_GRADIENT * sum(each.agrees for each in self.checked.values())


@dataclass(frozen=True)
class BugMark:
    """
    named : whether the line that was named is the wrong one
    corrected : whether all gradients are right with the learner's line in its place
    remark : why they are not (Markdown)
    """

    named: bool
    corrected: bool
    remark: str = ""

    @property
    def points(self) -> int:
        return POINTS_PER_LINE * self.named + POINTS_PER_CORRECTION * self.corrected


def bugs_for(seed: int) -> tuple[Bug, ...]:
    """Return the bugs of an exam: BUG_COUNT different ones, drawn from `seed`."""
    return tuple(map(bug_named, random.Random(seed).sample(DRAWN_FROM, BUG_COUNT)))


@dataclass(frozen=True)
class Marks:
    """
    listing : of the backward pass written from memory
    bugs : by id of a bug of the exam, in their order
    """

    listing: ListingMark
    bugs: Mapping[str, BugMark]

    @property
    def bug_points(self) -> int:
        return sum(mark.points for mark in self.bugs.values())

    @property
    def points(self) -> int:
        return self.listing.points + self.bug_points


def mark_exam(seed: int, listing: str, lines: Mapping[str, int], corrections: Mapping[str, str]) -> Marks:
    """Mark an exam.

    Parameters
    ----------
    seed : drew its bugs
    listing : the backward pass that the learner wrote
    lines, corrections : by id of a bug, as for mark_bug
    """
    bugs = {bug.id: mark_bug(bug.id, lines.get(bug.id), corrections.get(bug.id, "")) for bug in bugs_for(seed)}
    return Marks(mark_listing(listing), bugs)


@lru_cache(maxsize=200)
def mark_listing(text: str) -> ListingMark:
    """Mark a backward pass. A line that cannot be run is left out, so that it costs no more than what depends on it."""
    start = problem(*DIFFERENT_SIZES)
    on = (start.net, start.X, start.y, start.reg)
    found, errors = run_what_can_be_run(text.split("\n"), *on)
    return ListingMark(compare(found, *on), tuple(errors))


@lru_cache(maxsize=2000)
def mark_bug(bug_id: str, line: int | None, correction: str) -> BugMark:
    """Mark what the learner found out about a faulty listing.

    Parameters
    ----------
    bug_id : of the listing's bug
    line : the number of the line that the learner named, from 1
    correction : the line that the learner wrote in its place, or its right side alone
    """
    bug = bug_named(bug_id)
    if not line:
        return BugMark(False, False, "No line was named.")
    named = line in bug.faulty_lines
    if not correction.strip():
        return BugMark(named, False, "No line was written.")
    if not STATEMENT.fullmatch(correction):
        correction = f"{bug.listing[line - 1].split()[0]} = {correction}"
    start = problem_of(bug)
    on = (start.net, start.X, start.y, start.reg)
    try:
        found = gradients([*bug.listing[: line - 1], correction, *bug.listing[line:]], *on)
    except ListingError as error:
        return BugMark(named, False, str(error))
    wrong = [name for name, right in gradients(LISTING, *on).items() if not same_gradient(found[name], right)]
    if not wrong:
        return BugMark(named, True)
    names = ", ".join(f"`d{name}`" for name in wrong)
    return BugMark(named, False, f"With this line, {names} {'is' if len(wrong) == 1 else 'are'} wrong.")
