"""The data of an exercise."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from nnlib.symbolic.answers.points import Draw, Point


@dataclass(frozen=True)
class Slip:
    """A common wrong answer, and a hint that does not reveal the right one."""

    text: str
    hint: str


@dataclass(frozen=True)
class Exercise:
    """A question whose answer is a formula.

    Parameters
    ----------
    id : str
        In kebab-case, beginning with the lesson.
    lesson : str
        The key of its lesson, such as "softmax".
    title : str
    prompt : str
        Markdown with $LaTeX$.
    solution : str
        A right answer as it is typed.
    names : mapping
        The names that may be typed, with their meanings (Markdown).
    point : callable
        Draws the values at which answers are compared.
    first_step : str
        Where to start, for a learner who is stuck.
    slips : tuple of Slip
        Wrong answers with their own hints.
    instead : mapping
        Messages for names that it does not have, beside those of every exercise.
    written : mapping
        Other forms in which its names may be typed, as {"f(x)": "f"}.
    edge : callable, optional
        Draws a value at which an answer may differ from the solution and still be right.
    at_edge : str
        A remark on an answer that differs there.
    if_guarded : str
        A remark on an answer that is right but for a small number in it, at most 10⁻⁵, which keeps a division away from 0.
        Without a remark such an answer is wrong.
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
    written: Mapping[str, str] = field(default_factory=dict)
    edge: Callable[[Draw], Point] | None = None
    at_edge: str = ""
    if_guarded: str = ""
