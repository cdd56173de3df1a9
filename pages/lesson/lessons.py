"""The lessons in their order, with the titles that the menu, Home, the links and the hand-in use."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Lesson:
    """
    key : its path, and the lesson of its exercises
    title : in the menu
    about : one sentence
    parameters : the names in its address beside `part`, as a regular expression
    """

    key: str
    title: str
    about: str
    parameters: str = ""

    @property
    def script(self) -> str:
        return f"{self.key}/page.py"


LESSONS = (
    Lesson(
        "forward",
        "Forward pass",
        "From inputs to probabilities and a loss, with numbers that you can change.",
        "network|n|h|k|what_if",
    ),
    Lesson(
        "softmax",
        "Softmax",
        "The derivative of softmax, from the quotient rule to the Jacobian, line by line.",
        "K|i|j|z|scope|view|idea|c|size|T",
    ),
    Lesson(
        "backpropagation",
        "Backpropagation",
        "The chain rule on a graph: upstream times local gradient, layer by layer.",
        r"network|derive|logit_(label|column)_\d|node|example_\d|gradient|way|(row|column)_\w\d_\d|eta",
    ),
    Lesson(
        "gradient_check",
        "Gradient check",
        "Is the backward pass right? Check it with central differences, and find the mistakes.",
        r"network|check_parameter|check_torch|difference|step|kink_z|kink_h|bug|own_sizes|line\d",
    ),
)

# Pages that are not lessons, but also ask for predictions, which are stored and handed in with those of the lessons.
DEPTH = Lesson("depth", "Depth", "Why a network with a third hidden layer did not learn, and how to fix it.")
TUNING = Lesson("tuning", "Tuning", "Search for good settings, and compare the report's claims with your own trials.")
LIVE_PAGES = (DEPTH, TUNING)
