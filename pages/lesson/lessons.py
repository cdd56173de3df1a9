"""The lessons in their order: what the menu, Home, the way onward and the hand-in call them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Lesson:
    """key: its path, and what its exercises call it; title: in the menu; about: one sentence."""

    key: str
    title: str
    about: str

    @property
    def script(self) -> str:
        return f"{self.key}/page.py"


LESSONS = (
    Lesson("forward", "Forward pass", "From inputs to probabilities and a loss, with real numbers that you can change."),
    Lesson("softmax", "Softmax", "Its derivative, from the quotient rule to the Jacobian, line by line."),
    Lesson("backpropagation", "Backpropagation", "The chain rule on a graph: upstream times local gradient, layer by layer."),
    Lesson("gradient_check", "Gradient check", "Is the backward pass right? Check it with differences, and find the slips."),
)

# No lessons, but they ask predictions that are kept and handed in with theirs.
DEPTH = Lesson("depth", "Depth", "Why a third hidden layer ended all learning, and what helps.")
TUNING = Lesson("tuning", "Tuning", "Search for good settings, and hold the report's claims against your own trials.")
BESIDE = (DEPTH, TUNING)
