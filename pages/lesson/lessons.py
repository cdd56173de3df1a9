"""The pages of the menu, the lessons in their order, with the titles that Home, the links and the hand-in use."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from unicodedata import normalize

EXERCISES = "Exercises"


def slug(name: str) -> str:
    """A part's name in the address."""
    return re.sub(r"[\W_]+", "-", normalize("NFKD", name.lower())).strip("-")


@dataclass(frozen=True)
class Page:
    """
    key : its path
    title, icon : in the menu; a lesson has a number there
    about : one sentence
    """

    key: str
    title: str
    about: str
    icon: str = field(default="", kw_only=True)

    @property
    def script(self) -> str:
        return f"{self.key}/page.py"


@dataclass(frozen=True)
class Lesson(Page):
    """
    key : also the lesson of its exercises
    parts : names of its parts, in their order; the exercises follow them
    parameters : the names in its address beside `part`, as a regular expression
    moved : slug of a part in older links and older progress, with one parameter of the link after "&" where it decides →
        slugs of the parts that have its content today; a link leads to the first of them
    """

    parts: tuple[str, ...]
    parameters: str
    moved: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def names(self) -> dict[str, str]:
        """Its parts and its exercises: slug → name."""
        return {slug(name): name for name in (*self.parts, EXERCISES)}

    def today(self, old: str) -> tuple[str, ...]:
        """The parts that have the content of a part of an older version. A part that never moved stands for itself."""
        return self.moved.get(old, (old,))


LESSONS = (
    Lesson(
        "forward",
        "Forward pass",
        "From inputs to probabilities and a loss, with numbers that you can change.",
        ("The network", "Hidden layer", "ReLU", "Output and softmax", "Loss", "What if", "In code"),
        "network|n|h|k|what_if",
    ),
    Lesson(
        "softmax",
        "Softmax",
        "The derivative of softmax, from the quotient rule to the Jacobian, line by line.",
        (
            "Probabilities",
            "One entry",
            "Same class, i = j",
            "Another class, i ≠ j",
            "Any K",
            "Jacobian",
            "Shift, overflow, temperature",
            "In code",
        ),
        "K|i|j|z|scope|view|idea|c|size|T",
        {
            "derivative&scope=general": ("any-k",),
            "derivative": ("one-entry", "same-class-i-j", "another-class-i-j", "any-k"),
        },
    ),
    Lesson(
        "backpropagation",
        "Backpropagation",
        "The chain rule on a graph: upstream times local gradient, layer by layer.",
        (
            "One unit",
            "The graph",
            "Logits",
            "Weights W⁽²⁾",
            "Biases b⁽²⁾",
            "z⁽²⁾ and its mask",
            "Weights W⁽¹⁾",
            "Biases b⁽¹⁾",
            "Penalty",
            "One step",
            "In code",
        ),
        r"network|derive|logit_(label|column)_\d|node|example_\d|gradient|way|(row|column)_\w\d_\d|eta",
        {
            "from-1-and-2": ("logits",),
            "matrix-form&gradient=z2": ("z-2-and-its-mask",),
            "matrix-form&gradient=W1": ("weights-w-1",),
            "matrix-form": ("weights-w-2", "z-2-and-its-mask", "weights-w-1"),
            "biases-and-penalty": ("biases-b-2", "biases-b-1", "penalty"),
        },
    ),
    Lesson(
        "gradient_check",
        "Gradient check",
        "Is the backward pass right? Check it with central differences, and find the mistakes.",
        ("Three ways", "Which step size?", "Kinks", "Bug lab", "Write your own", "Signal and depth"),
        r"network|check_parameter|check_torch|difference|step|kink_z|kink_h|bug|own_sizes|line\d",
        {"which-h": ("which-step-size",)},
    ),
    Lesson(
        "convolution",
        "Convolution",
        "Weights that are shared: a filter that slides over an image, its gradient, and why a digit may move.",
        (
            "Moved by four pixels",
            "A filter slides",
            "One matrix",
            "Stride and padding",
            "Pooling",
            "Weights of the filter",
            "Back to the pixels",
            "Find the bug",
            "In code",
        ),
        "image|position|digit|moved|pixels|filter|padding|stride|weight|pixel",
    ),
)

EXAM = Page(
    "exam",
    "Exam",
    "Write the backward pass from memory, and find and correct ten bugs. You choose the time.",
    icon=":material/timer:",
)
SHEETS = Page(
    "sheets",
    "Summary and worksheets",
    "A one-page summary of all formulas, and worksheets with solutions, to be printed.",
    icon=":material/print:",
)
PRACTICE_PAGES = (EXAM, SHEETS)

JOIN = Page("join", "Join", "Join the class of your teacher, by its code.", icon=":material/group_add:")
TEACH = Page(
    "teach",
    "Teach",
    "Open a class, let it vote, see who is stuck, and check what is handed in.",
    icon=":material/cast_for_education:",
)
HAND_IN = Page(
    "hand_in",
    "Hand in",
    "Your class's assignment, and the signed file for your teacher.",
    icon=":material/assignment_turned_in:",
)
CLASS_PAGES = (JOIN, HAND_IN, TEACH)

# They also ask for predictions, which are stored and handed in with those of the lessons.
TRAIN = Page(
    "train",
    "Train",
    "Choose data and a network, watch it learn, and change its settings while it trains.",
    icon=":material/play_circle:",
)
DEPTH = Page(
    "depth",
    "Depth",
    "Make a network deeper until it does not learn, find out why, and fix it.",
    icon=":material/layers:",
)
TUNING = Page(
    "tuning",
    "Tuning",
    "Search for good settings as the report did, and see which of its claims your trials confirm.",
    icon=":material/tune:",
)
LIVE_PAGES = (TRAIN, DEPTH, TUNING)


def titled(page: Page) -> str:
    """The title of a page, as everywhere: that of a lesson has its number."""
    return f"{LESSONS.index(page) + 1} {page.title}" if isinstance(page, Lesson) else page.title


def following(lesson: str) -> tuple[str, str]:
    """The page after a lesson: its script, and the text of the link to it."""
    pages: list[Page] = [*LESSONS, TRAIN]
    page = pages[[each.key for each in pages].index(lesson) + 1]
    return page.script, f"Next: {titled(page)}"


def named_parts(lesson: str, *draw: Callable[[], Any]) -> dict[str, Callable[[], Any]]:
    """Each part of a lesson: its name → the function that draws it."""
    return dict(zip(next(each.parts for each in LESSONS if each.key == lesson), draw, strict=True))
