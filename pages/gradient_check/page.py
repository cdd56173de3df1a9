"""Lesson 4, the gradient check: three ways to one gradient, the right step, kinks, a bug lab, and depth."""

import streamlit as st

from pages.gradient_check.bug_hunt import bug_hunt
from pages.gradient_check.kink import kink
from pages.gradient_check.own_listing import own_listing
from pages.gradient_check.signal_and_depth import signal_and_depth
from pages.gradient_check.step_size import step_size
from pages.gradient_check.three_ways import three_ways
from pages.lesson.lesson import lesson

lesson(
    "gradient_check",
    "The gradient check",
    able=[
        "tell whether a backward pass is right, from the forward pass alone",
        "choose a step size, and say what goes wrong with one that is too large or too small",
        "find a slip in a backward pass from the pattern of its errors",
        "say why a gradient that is right may still be too small to learn from",
    ],
    parts={
        "Three ways": st.fragment(three_ways),
        "Which h?": st.fragment(step_size),
        "Kinks": st.fragment(kink),
        "Bug lab": st.fragment(bug_hunt),
        "Write your own": st.fragment(own_listing),
        "Signal and depth": signal_and_depth,
    },
    remember=[
        "A gradient is right if it agrees with central differences in every entry; a loss that falls proves nothing.",
        r"Too large an $h$ truncates, too small an $h$ rounds: in float64, take central differences with $h$ near 1e−5.",
        "Check with small sizes that all differ, with a penalty that is not 0, and look at which gradients are wrong before "
        "you look at the code.",
    ],
    onward=("train/page.py", "Next: train with these gradients, and watch"),
)
