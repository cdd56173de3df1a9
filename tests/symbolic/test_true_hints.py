"""What a hint says about a wrong answer is true of it, with one slip and with two: checked without the checker."""

import random
import re

import numpy as np
import pytest

from nnlib.symbolic import check_answer, exercises
from nnlib.symbolic.answers.grammar import parse
from tests.symbolic import oracle
from tests.symbolic.variants import everywhere, mutated_here, typed

EXERCISES = exercises()
EACH_KIND = 4  # answers to an exercise with one slip, with two, and with a known slip and another


def with_a_slip(text, exercise, rng):
    trees = list(everywhere(parse(text, exercise.names).root, lambda node: mutated_here(node, exercise.names)))
    return typed(rng.choice(trees)) if trees else text


def wrong_answers(exercise):
    rng = random.Random(exercise.id)
    for _ in range(EACH_KIND):
        once = with_a_slip(exercise.solution, exercise, rng)
        yield from (once, with_a_slip(once, exercise, rng))
        if exercise.slips:
            yield with_a_slip(rng.choice(exercise.slips).text, exercise, rng)


class Beside:
    """An answer and the solution at a few points, also with λ = 0 and with two names exchanged."""

    def __init__(self, text, exercise):
        self.text, self.solution, rng = text, exercise.solution, np.random.default_rng(3)
        self.points = [oracle.point(exercise.names, rng, number) for number in range(4)]
        self.mine, self.right = self.values()

    def values(self, change=lambda values: values):
        changed = [change(point) for point in self.points]
        return tuple([_plain(oracle.value(text, values)) for values in changed] for text in (self.text, self.solution))

    def without_penalty(self):
        return self.values(lambda values: {**values, "lam": np.float64(0)})

    def numbers(self, name):
        """The values of a factor that a hint names: a figure, a name, or the letter of a size."""
        if re.fullmatch(r"\d+", name):
            return [float(name)] * len(self.points)
        sizes = {"N": ("X", 0), "D": ("X", 1), "H": ("W2", 0), "K": ("W2", 1)}
        return [point[name] if name in point else np.shape(point[sizes[name][0]])[sizes[name][1]] for point in self.points]


def _plain(value):
    while value is not None and value.shape[:1] == (1,):
        value = value[0]
    return value


def same(left, right):
    return all(
        one is not None and other is not None and one.shape == other.shape and np.allclose(one, other, rtol=1e-7, atol=1e-10)
        for one, other in zip(left, right)
    )


def differ_in_sign_or_factor(said, mine, right, beside):
    minus = -1 if "sign" in said else 1
    if too_large := re.search(r"yours is `?(\w+)`? times too large", said):
        return same(mine, [minus * number * value for number, value in zip(beside.numbers(too_large[1]), right)])
    if missing := re.search(r"a factor `?(\w+)`? is missing", said):
        return same(
            [number * value for number, value in zip(beside.numbers(missing[1]), mine)], [minus * value for value in right]
        )
    if times := re.search(r"the right answer times ([−\d/]+)", said):
        number = eval(times[1].replace("−", "-"))
        return same(mine, [number * value for value in right])
    return same(mine, [-value for value in right])


def exchanged(one, other):
    def change(values):
        pairs = {name: name[:-2] + f"_{other}" for name in values if name.endswith(f"_{one}")}
        pairs = {name: new for name, new in pairs.items() if new in values}
        pairs |= {new: name for name, new in pairs.items()}
        return {name: values[pairs.get(name, name)] for name in values}

    return change


def is_true(said, beside, exercise):
    """Whether a sentence of a hint is true; None if it says nothing about the answer."""
    mine, right = beside.mine, beside.right
    part, rest = beside.without_penalty() if "lam" in exercise.names else (mine, right)
    if any(value is None for value in mine):  # not a formula of NumPy
        return None
    match said:
        case _ if slips := [slip for slip in exercise.slips if slip.hint == said]:
            return any(same(mine, [_plain(oracle.value(slip.text, point)) for point in beside.points]) for slip in slips)
        case _ if said.startswith("Yours is the transpose of the right answer"):
            return same([value.T for value in mine], right)
        case _ if said.startswith("Yours is the transpose of the first part"):
            return same([value.T for value in mine], rest) and same(mine, part)
        case _ if said.startswith("The term with λ is missing"):
            true = same(mine, part) and not same(right, rest)
            if "In the rest" in said:
                return true and differ_in_sign_or_factor(said, part, rest, beside)
            return true and same(part, rest) == ("rest" not in said)
        case _ if said.startswith("The first part is right"):
            return same(part, rest) and not same(mine, right)
        case _ if said.startswith("The term with λ is right"):
            true = same([a - b for a, b in zip(mine, part)], [a - b for a, b in zip(right, rest)])
            return true and ("In the rest" not in said or differ_in_sign_or_factor(said, part, rest, beside))
        case _ if swapped := re.search(r"the indices \$(.)\$ and \$(.)\$ are swapped", said):
            return same(beside.values(exchanged(*swapped.groups()))[0], right)
        case _ if constant := re.search(r"yours is always ([\d/]+) too (large|small)", said):
            by = eval(constant[1]) * (1 if constant[2] == "large" else -1)
            return same([value - by for value in mine], right)
        case _ if said.startswith("Nearly"):
            return differ_in_sign_or_factor(said, mine, right, beside)
        case _ if said.startswith("The shape does not fit"):
            return all(one.shape != other.shape for one, other in zip(mine, right))
        case _ if said.startswith("The shape is right"):
            return all(one.shape == other.shape for one, other in zip(mine, right))
        case _ if "not where" in said:
            cases = [same([one], [other]) for one, other in zip(mine, right)]
            return True in cases and False in cases
        case _ if "round a number" in said:
            return "." in beside.text
    return None


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.id)
def test_a_hint_is_true_of_the_answer(exercise):
    for text in wrong_answers(exercise):
        answer = check_answer(exercise.id, text)
        if answer.correct:
            continue
        assert is_true(answer.message, Beside(text, exercise), exercise) is not False, (text, answer.message)


@pytest.mark.parametrize(
    "exercise_id, text, said",
    [
        (
            "backpropagation-dw2",
            "(psi - Delta).T @ a2/N",
            "transpose of the first part.*the term with λ is missing|And the term with λ",
        ),
        ("backpropagation-dw2", "a2.T @ psi/N", "term with λ is missing.*rest is not right either"),
        ("backpropagation-dw1", "dz2.T @ X", "And the term with λ is missing"),
        ("forward-z2", "W1*X + b1", "in the other order"),
    ],
)
def test_two_slips_are_both_named(exercise_id, text, said):
    assert re.search(said, check_answer(exercise_id, text).message), check_answer(exercise_id, text).message


def test_a_false_sentence_is_detected():
    said = [
        "Yours is the transpose of the right answer. Compare the shapes: what is `.T` for here?",
        "Nearly: the sign is wrong.",
    ]
    exercise = next(each for each in EXERCISES if each.id == "backpropagation-db1")
    for sentence in said:
        assert is_true(sentence, Beside("2*sum(dz2, axis=0)", exercise), exercise) is False
