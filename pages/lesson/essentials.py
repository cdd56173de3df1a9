"""What the learner does in each part of a lesson before the part is done."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pages.lesson.exercise_count import exercises_left
from pages.lesson.lessons import EXERCISES, slug
from pages.lesson.progress import GRAPH_WALKED, LISTING_AGREES, Progress, progress

ENOUGH_BUGS = 3  # found in the bug lab
LAST_LINE = "reach the last line of the derivation"


@dataclass(frozen=True)
class Essential:
    """
    todo : completes the sentence "To finish this part: …"; it may depend on how far the learner is
    met : whether the learner has done it
    """

    todo: str | Callable[[Progress], str]
    met: Callable[[Progress], bool]

    def left(self, learner: Progress) -> str:
        """What is left to do, completing the sentence."""
        return self.todo if isinstance(self.todo, str) else self.todo(learner)


def _predicted(key, todo="answer the prediction"):
    return Essential(todo, lambda learner: key in learner.predictions)


def _derived(key, todo=LAST_LINE):
    """key: how the keys of the derivation begin; those of different entries or sizes differ in their ends."""
    return Essential(todo, lambda learner: any(work.done for each, work in learner.derivations.items() if each.startswith(key)))


def _bugs_left(learner):
    left = ENOUGH_BUGS - len(learner.bugs)
    return f"find {left} {'more ' if learner.bugs else ''}bug{'s' * (left > 1)}"


def _of_a_gradient(prediction, name):
    """The part on one gradient in lesson 3: one entry, then all of them."""
    return (
        _predicted(prediction),
        _derived(name, "reach the last line of “One entry, in symbols”"),
        _derived(f"{name.split('-')[0]}-matrix", "reach the last line of “All entries at once”"),
    )


# Lesson → slug of a part → its essentials. Those of the exercises are the exercises.
ESSENTIALS: Mapping[str, Mapping[str, tuple[Essential, ...]]] = {
    "forward": {
        "the-network": (_predicted("forward_shape"),),
        "hidden-layer": (_predicted("forward_row"),),
        "relu": (_predicted("forward_relu"),),
        "output-and-softmax": (_predicted("forward_shift"),),
        "loss": (_predicted("forward_uniform"),),
        "what-if": (
            _predicted("forward_w1-zero", "predict “W1 is all 0”"),
            _predicted("forward_w2-zero", "predict “W2 and b2 are all 0”"),
            _predicted("forward_rows-reversed", "predict “The examples in reverse order”"),
        ),
        "in-code": (_predicted("forward_code"),),
    },
    "softmax": {
        "probabilities": (_predicted("softmax_one_logit"),),
        "one-entry": (_predicted("softmax_one_entry"), _derived("softmax-entry-")),
        "same-class-i-j": (_predicted("softmax_own_logit"), _derived("softmax-same-class-")),
        "another-class-i-j": (_predicted("softmax_other_logit"), _derived("softmax-other-class-")),
        "any-k": (_predicted("softmax_both_cases"), _derived("softmax-derivative-")),
        "jacobian": (_derived("softmax-jacobian-"), _predicted("softmax_row_sum", "answer the prediction of “Sum of a row”")),
        "shift-overflow-temperature": (
            _predicted("softmax_shifted_jacobian", "answer the prediction of “Shift”"),
            _derived("softmax-shift-", "reach the last line of its derivation"),
            _predicted("softmax_overflow", "answer the prediction of “Overflow”"),
            _predicted("softmax_temperature", "answer the prediction of “Temperature”"),
            _derived("softmax-temperature-", "reach the last line of its derivation"),
        ),
        "in-code": (_predicted("softmax_code"),),
    },
    "backpropagation": {
        "one-unit": (_predicted("unit_chain"), _derived("unit-weight-")),
        "the-graph": (
            _predicted("graph_order"),
            Essential("walk back in the graph to W⁽¹⁾", lambda learner: GRAPH_WALKED in learner.tasks),
        ),
        "logits": (
            _predicted("logit_sign"),
            _derived("logit-gradient-one-example-", "reach the last line for one example"),
            _derived("batch-gradient-", "reach the last line for a batch"),
        ),
        "weights-w-2": _of_a_gradient("unit_that_is_off", "w2-one"),
        "biases-b-2": _of_a_gradient("bias_of_a_doubled_batch", "b2-one"),
        "z-2-and-its-mask": _of_a_gradient("gradient_behind_the_mask", "z2-back"),
        "weights-w-1": _of_a_gradient("input_that_is_zero", "w1-one"),
        "biases-b-1": _of_a_gradient("bias_of_a_unit_that_is_off", "b1-one"),
        "penalty": (
            _predicted("penalty_pull", "answer the first prediction"),
            _derived("penalty-"),
            _predicted("penalty_slip", "answer the second prediction"),
        ),
        "one-step": (_predicted("one_step", "predict and take a step"),),
        "in-code": (
            _predicted("lines_of_code"),
            Essential("put the backward pass in order", lambda learner: learner.ordered > 0 or learner.ordering.solved),
        ),
    },
    "gradient_check": {
        "three-ways": (_predicted("check_cost"),),
        "which-step-size": (_predicted("step_size_error"),),
        "kinks": (_predicted("kink_slope"),),
        "bug-lab": (
            _predicted("bugs_train"),
            Essential(_bugs_left, lambda learner: len(learner.bugs) >= ENOUGH_BUGS),
        ),
        "write-your-own": (
            _predicted("own_shapes"),
            Essential("write a backward pass that passes the check", lambda learner: LISTING_AGREES in learner.tasks),
        ),
        "signal-and-depth": (_predicted("signal_left"),),
    },
    "convolution": {
        "moved-by-four-pixels": (_predicted("convolution_moved"),),
        "a-filter-slides": (_predicted("convolution_sums"),),
        "one-matrix": (_predicted("convolution_shared"),),
        "stride-and-padding": (_predicted("convolution_size"),),
        "pooling": (
            _predicted("convolution_pooled", "answer the first prediction"),
            _predicted("convolution_moved_again", "answer the second prediction"),
        ),
        "weights-of-the-filter": (_predicted("convolution_weight"), _derived("convolution-weight-")),
        "back-to-the-pixels": (_predicted("convolution_patches"), _derived("convolution-pixel-")),
        "find-the-bug": (
            _predicted("convolution_bug_pixels", "find the first bug"),
            _predicted("convolution_bug_weights", "find the second bug"),
        ),
        "in-code": (_predicted("convolution_code"),),
    },
}


def missing(lesson: str, part: str) -> list[str]:
    """What the learner has still to do in a part: sentences that complete "To finish this part: …"."""
    if part == slug(EXERCISES):
        left = exercises_left(progress(), lesson)
        return [f"solve {left} more exercise{'s' * (left > 1)}"] if left else []
    return [each.left(progress()) for each in ESSENTIALS[lesson][part] if not each.met(progress())]
