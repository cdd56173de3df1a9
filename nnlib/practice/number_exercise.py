"""The data of an exercise whose answer is a number, and the check of an answer."""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations
from random import Random

from nnlib.symbolic.answers.check import Answer
from nnlib.symbolic.answers.evaluation import UndefinedPoint, evaluate
from nnlib.symbolic.answers.formula import FormulaError
from nnlib.symbolic.answers.grammar import parse

TOLERANCE = 0.001
ROUNDED = 0.01  # a difference up to this is probably due to rounding on the way
DECIMAL = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d{1,3})?", re.ASCII | re.IGNORECASE)
DECIMAL_COMMA = re.compile(r"(?<![\d.,])(\d+),(\d+)(?![\d.,])", re.ASCII)
MINUS = str.maketrans("−–", "--")


@dataclass(frozen=True)
class NumberSlip:
    """The number that a common mistake leads to, and a hint that does not reveal the right one."""

    value: float
    hint: str


@dataclass(frozen=True)
class Question:
    """One draw of an exercise.

    Parameters
    ----------
    prompt : str
        Markdown with $LaTeX$, with the numbers that are given.
    solution : float
        Computed by the network of nnlib in float64.
    worked : tuple of str
        The steps of a solution by hand, each a line of LaTeX. Their numbers are rounded to four decimals.
    by_hand : float
        What these steps give without rounding.
    slips : tuple of NumberSlip
    any_size : bool
        Whether the number may be of any size, as those of a network in training are: an answer is then compared in units of
        the number's first digit. A number that is 0 has to be exact.
    """

    prompt: str
    solution: float
    worked: tuple[str, ...]
    by_hand: float
    slips: tuple[NumberSlip, ...]
    any_size: bool = False

    def is_near(self, mine: float, value: float, tolerance: float) -> bool:
        """Whether an answer is within the tolerance of a number."""
        return abs(mine - value) <= tolerance * (_first_digit(value) if self.any_size else 1)


@dataclass(frozen=True)
class NumberExercise:
    """A question with other numbers for each seed.

    Parameters
    ----------
    id : str
        In kebab-case, beginning with the lesson.
    lesson : str
        The key of its lesson, such as "softmax".
    title : str
    first_step : str
        Where to start, for a learner who is stuck.
    draw : callable
        Draws numbers, and returns the question with them.
    """

    id: str
    lesson: str
    title: str
    first_step: str
    draw: Callable[[Random], Question]


def _first_digit(value):
    """The power of ten of the first digit: 0.01 for 0.0345; 0 for 0."""
    return 10.0 ** math.floor(math.log10(abs(value))) if value and math.isfinite(value) else 0.0


def is_telling(question: Question) -> bool:
    """Whether the solution and the slips of a question can be distinguished from each other."""
    values = [question.solution, *(slip.value for slip in question.slips)]
    return all(abs(one - other) > ROUNDED for one, other in combinations(values, 2))


def read_number(text: str) -> float:
    """The number that a learner typed: a decimal, also with a comma, or a formula of numbers, as (0.2 - 1)/2.

    Raises
    ------
    FormulaError
        If the text is not a number. The message says what to type instead.
    """
    return _read(text)[0]


def _read(text):
    """The number, and the text with points for decimal commas."""
    decimal = text.strip().translate(MINUS)
    with_point = decimal.replace(",", ".", 1)
    if DECIMAL.fullmatch(with_point):
        return float(with_point), text.replace(",", ".", 1)
    try:
        formula = parse(text, ())
    except FormulaError:  # a comma that separates two arguments, as in max(0,5), can be read, and stays
        text = DECIMAL_COMMA.sub(r"\1.\2", text)
        formula = parse(text, ())
    try:
        return float(evaluate(formula, {})), text
    except (TypeError, OverflowError) as error:
        raise FormulaError("Type one number.") from error


def check_number(question: Question, text: str) -> Answer:
    """Compare a number with the solution of a question.

    Parameters
    ----------
    question : Question
    text : str
        What the learner typed. Any text is allowed.

    Returns
    -------
    Answer
    """
    try:
        mine, read = _read(text)
        answer = _compared(question, mine)
    except UndefinedPoint as error:
        return Answer(False, f"{error} Type a number.")
    except FormulaError as error:
        return Answer(False, str(error))
    if read == text:
        return answer
    return Answer(answer.correct, f"{answer.message} The comma was read as a decimal point: `{read}`.")


def _compared(question, mine):
    if question.is_near(mine, question.solution, TOLERANCE):
        return Answer(True, "Right.")
    for slip in question.slips:
        if question.is_near(mine, slip.value, TOLERANCE):
            return Answer(False, slip.hint)
    if question.is_near(mine, question.solution, ROUNDED):
        wanted = "in its fourth digit" if question.any_size else f"within {TOLERANCE}"
        return Answer(False, f"Close, but not {wanted}: round at the end only, and carry five digits until then.")
    if question.solution and question.is_near(-mine, question.solution, TOLERANCE):
        return Answer(False, "The size is right. Look at the sign.")
    return Answer(False, "That is not the number. Begin with the first step again, and check each number on the way.")
