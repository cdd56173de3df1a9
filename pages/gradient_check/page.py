"""Lesson 4, the gradient check: three ways to compute a gradient, the step size, kinks, a bug lab, and depth."""

from pages.gradient_check.bug_hunt import bug_hunt
from pages.gradient_check.kink import kink
from pages.gradient_check.own_listing import own_listing
from pages.gradient_check.signal_and_depth import signal_and_depth
from pages.gradient_check.step_size import step_size
from pages.gradient_check.three_ways import three_ways
from pages.lesson.lesson import lesson
from pages.lesson.lessons import following, named_parts
from pages.lesson.practise import practise

lesson(
    "gradient_check",
    able=[
        "check a backward pass with the forward pass only",
        "choose a step size, and explain the errors of one that is too large or too small",
        "find a mistake in a backward pass from the pattern of its errors",
        "explain why a right gradient may still be too small to learn from",
    ],
    parts=named_parts("gradient_check", three_ways, step_size, kink, bug_hunt, own_listing, signal_and_depth),
    remember=[
        "A gradient is right if it agrees with central differences in every entry; a falling loss does not prove it. The check "
        "misses an entry that it does not try, and an error that is smaller than the rounding of the loss.",
        r"A large $s$ causes a truncation error, a small $s$ a rounding error: in float64, use central differences with $s$ "
        r"near 1e−5.",
        "Check with small sizes that all differ, and with a penalty that is not 0; look at which gradients are wrong before "
        "you look at the code.",
    ],
    after=practise,
    onward=following("gradient_check"),
)
