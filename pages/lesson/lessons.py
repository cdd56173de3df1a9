"""The lessons in their order, with the titles that the menu, Home, the links and the hand-in use."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Lesson:
    """
    key : its path, and the lesson of its exercises
    title : in the menu
    about : one sentence
    """

    key: str
    title: str
    about: str

    @property
    def script(self) -> str:
        return f"{self.key}/page.py"


LESSONS = (
    Lesson("forward", "Forward pass", "From inputs to probabilities and a loss, with numbers that you can change."),
    Lesson("softmax", "Softmax", "The derivative of softmax, from the quotient rule to the Jacobian, line by line."),
    Lesson("backpropagation", "Backpropagation", "The chain rule on a graph: upstream times local gradient, layer by layer."),
    Lesson(
        "gradient_check",
        "Gradient check",
        "Is the backward pass right? Check it with central differences, and find the mistakes.",
    ),
)

# Pages that are not lessons, but also ask for predictions, which are stored and handed in with those of the lessons.
DEPTH = Lesson("depth", "Depth", "Why a network with a third hidden layer did not learn, and how to fix it.")
TUNING = Lesson("tuning", "Tuning", "Search for good settings, and compare the report's claims with your own trials.")
LIVE_PAGES = (DEPTH, TUNING)
