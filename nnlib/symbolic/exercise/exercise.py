"""What an exercise is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from nnlib.symbolic.answers.points import Draw, Point


@dataclass(frozen=True)
class Slip:
    """A wrong answer that learners give, and what to tell them. It never tells the answer."""

    text: str
    hint: str


@dataclass(frozen=True)
class Exercise:
    """A question whose answer is a formula.

    id          kebab-case, begins with the lesson
    lesson      "forward", "softmax", "backpropagation" or "gradient_check"
    title       a few words
    prompt      Markdown with $LaTeX$
    solution    a right answer as it is typed
    names       the names that may be typed, and what each stands for (Markdown)
    point       draws the values at which answers are compared
    first_step  where to start, for a learner who is stuck
    slips       wrong answers that deserve a hint of their own
    instead     what to say to names that it does not have, if there is more to say than for every exercise
    edge        draws a value where an answer may differ from the solution and still be right
    at_edge     what to say to an answer that differs there
    """

    id: str
    lesson: str
    title: str
    prompt: str
    solution: str
    names: Mapping[str, str]
    point: Callable[[Draw], Point]
    first_step: str
    slips: tuple[Slip, ...] = ()
    instead: Mapping[str, str] = field(default_factory=dict)
    edge: Callable[[Draw], Point] | None = None
    at_edge: str = ""
