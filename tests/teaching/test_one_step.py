"""One step explained: each line follows from the lines before it, and the last one is what the training does."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from nnlib.data.flip import flip_horizontally
from nnlib.network import MLP
from nnlib.teaching.one_step import explain_step, steepest_weight
from nnlib.teaching.step_line import STAGES
from nnlib.training import Training
from pages.lesson.lessons import LESSONS

D, K, EXAMPLES = 3, 3, 12

# Each kind of line once more: the numbers put in → the number that comes out.
RELU = {"a": lambda z: np.maximum(z, 0), "dz": lambda g, z: np.where(z > 0, g, 0)}
TANH = {"a": lambda z: np.sinh(z) / np.cosh(z), "dz": lambda g, f: g - g * f * f}
SIGMOID = {"a": lambda z: 1 / (1 + np.exp(-z)), "dz": lambda g, f, _: g * f - g * f * f}
IDENTITY = {"a": lambda z: z, "dz": lambda g: g}
FUNCTIONS = {"relu": RELU, "tanh": TANH, "sigmoid": SIGMOID, "identity": IDENTITY}
FORMULAS = {
    "x": lambda x: x,
    "z": lambda a, w, others, b: np.dot([a, 1, 1], [w, others, b]),
    "psi": lambda z, total: np.exp(z) / total,
    "J": lambda p: -np.log(p) if p else np.inf,
    "dz_out": np.subtract,
    "da": lambda g, w, others: np.dot([g, 1], [w, others]),
    "dw": lambda *factors: np.prod(factors),
    "mean": lambda *each: np.sum(each[:-1]) / each[-1],
    "g": np.add,
    "v": lambda mu, v, g: np.dot([mu, 1], [v, g]),
    "m": lambda beta, m, again, g: np.average([m, g], weights=[beta, 1 - again]),
    "s": lambda beta, s, again, g: np.average([s, g * g], weights=[beta, 1 - again]),
    "m_hat": lambda m, beta, t: m / (1 - np.power(beta, t)),
    "s_hat": lambda s, beta, t: s / (1 - np.power(beta, t)),
}
PENALTY = {"l2": lambda reg, w: 2 * reg * w, "l1": lambda reg, w: np.copysign(reg, w) if w else 0.0}
RATE = {
    "decay": lambda base, factor, epochs: base * np.power(factor, epochs),
    "cosine": lambda base, t, T: base * np.cos(np.pi * t / T / 2) ** 2,
}
NEW_VALUE = {
    "sgd": lambda w, eta, g: w - eta * g,
    "momentum": lambda w, eta, v: w - eta * v,
    "adam": lambda w, eta, m, s, epsilon: w - eta * m / (s**0.5 + epsilon),
}
# Which earlier lines the numbers of a line are, None for those that are given or stand in the table of a sum.
FROM = {
    "z": ("x a", None, None, None),
    "f": ("z",),
    "a": ("f z",),
    "J": ("psi",),
    "dz_out": ("psi", None),
    "da": ("dz_out dz", None, None),
    "dz": ("da",),
    "g": ("mean", "penalty"),
    "v": (None, None, "g mean"),
    "m": (None, None, None, "g mean"),
    "s": (None, None, None, "g mean"),
    "m_hat": ("m",),
    "s_hat": ("s",),
}


def flipped(X, rng):
    return flip_horizontally(X, (1, D, 1), rng)


@st.composite
def trainings(draw):
    """A training with any settings, some steps after its start, and one of its parameters."""
    hidden = draw(st.lists(st.integers(1, 4), max_size=3))
    names = [draw(st.sampled_from(sorted(FUNCTIONS))) for _ in hidden]
    seed, dtype = draw(st.integers(0, 99)), draw(st.sampled_from([np.float32, np.float64]))
    rng = np.random.default_rng(seed)
    chosen = {
        "optimiser": draw(st.sampled_from(["sgd", "momentum", "adam"])),
        "schedule": draw(st.sampled_from(["constant", "decay", "cosine"])),
        "reg": draw(st.sampled_from([0.0, 0.01])),
        "batch_size": draw(st.sampled_from([1, 4, 30])),
        "dropout": draw(st.sampled_from([0.0, 0.4])),
        "augment": draw(st.sampled_from([None, flipped])),
    }
    net = MLP((D, *hidden, K), names, "xavier", penalty=draw(st.sampled_from(["l2", "l1"])), seed=seed, dtype=dtype)
    X, y = rng.normal(size=(EXAMPLES, D)).astype(dtype), rng.integers(0, K, EXAMPLES)
    training = Training(net, X, y, X, y, 0.1, iterations=40, seed=seed, **chosen)
    list(training.events(draw(st.integers(0, 20)), seconds=9))
    assume(not training.ended)  # a step of 0.1 is too long for some: there is no next step then
    parameter = draw(st.sampled_from(sorted(net.params)))
    index = ",".join(str(draw(st.integers(0, size - 1))) for size in net.params[parameter].shape)
    return training, f"{parameter}[{index}]", chosen, names


def formula(line, layers, chosen, net):
    """The independent formula of a line. layers: the activations of the hidden layers that are still to come on the way."""
    if line.kind in ("f", "a", "dz"):
        if line.kind == "a" and len(line.numbers) == 2:  # the factor of dropout
            return np.multiply
        plain = FUNCTIONS[layers.pop(0 if line.stage == "Forward" else -1)]["dz" if line.kind == "dz" else "a"]
        return plain if line.kind != "dz" else lambda *numbers: _masked(plain, numbers)
    return {"penalty": PENALTY[net.penalty], "rate": RATE.get(chosen["schedule"]), "w": NEW_VALUE[chosen["optimiser"]]}.get(
        line.kind
    ) or FORMULAS[line.kind]


def _masked(plain, numbers):
    """dz with the factor of dropout as its last number, if there is one more number than the plain formula takes."""
    if len(numbers) > plain.__code__.co_argcount:
        return plain(*numbers[:-1]) * numbers[-1]
    return plain(*numbers)


@settings(max_examples=30, deadline=None)
@given(trainings(), st.sampled_from([None, 0, "other"]))
def test_each_line_follows_from_those_before_and_the_last_is_the_real_step(drawn, example):
    training, name, chosen, names = drawn
    other = (np.full(D, 0.5), 1)
    before = training.state()
    step = explain_step(training, name, other if example == "other" else example)
    assert repr(training.state()) == repr(before)

    earlier, forward, backward = {}, list(names), list(names)
    for line in step.lines:
        layers = forward if line.stage == "Forward" else backward
        again = formula(line, layers, chosen, training.network)(*line.numbers)
        assert line.value == pytest.approx(float(again), rel=1e-12, abs=1e-15), line
        for number, source in zip(line.numbers, FROM.get(line.kind, ())):
            known = [value for kind in (source or "").split() for value in earlier.get(kind, [])]
            assert not known or any(number == pytest.approx(value, rel=1e-12, abs=1e-15) for value in known), line
        if line.terms and line.kind != "psi":
            own = 0 if line.terms.own is None else line.terms.columns[line.terms.own, -1]
            assert own + line.terms.others == pytest.approx(line.terms.columns[:, -1].sum(), rel=1e-9, abs=1e-12)
            assert any(number == pytest.approx(line.terms.others) for number in line.numbers)
        earlier.setdefault(line.kind, []).append(line.value)

    assert [line.stage for line in step.lines] == sorted((line.stage for line in step.lines), key=STAGES.index)
    assert step.lines[-1].value == pytest.approx(step.reached, rel=1e-12, abs=_bound(training, step, chosen))
    list(training.events(1))
    parameter, index = name.split("[")
    assert step.reached == training.network.params[parameter][tuple(map(int, index[:-1].split(",")))]


def _bound(training, step, chosen):
    """What rounding in the precision of the run may add to the new value: to the gradient first, and through it to the step."""
    epsilon = 50 * np.finfo(training.network.dtype).eps
    lines = {line.kind: line for line in step.lines}
    w, eta = lines["w"].numbers[:2]
    terms = np.abs(lines["mean"].terms.columns[:, -1]).sum() / lines["mean"].numbers[-1]
    to_gradient = epsilon * (terms + abs(lines["penalty"].value if "penalty" in lines else 0) + 1e-3)
    if chosen["optimiser"] == "adam":
        spread = np.sqrt(lines["s_hat"].value) + 1e-8
        return epsilon * (abs(w) + eta) + 20 * eta * min(1, to_gradient / spread)
    return epsilon * (abs(w) + abs(eta * lines["w"].numbers[2])) + eta * to_gradient


def test_the_gradient_is_that_of_the_network():
    """Against MLP.loss on the same batch: every parameter of two hidden layers."""
    rng = np.random.default_rng(3)
    X, y = rng.normal(size=(EXAMPLES, D)), rng.integers(0, K, EXAMPLES)
    net = MLP((D, 4, 2, K), "tanh", "xavier", seed=1)
    training = Training(net, X, y, X, y, 0.1, reg=0.05, batch_size=5)
    for parameter, array in net.params.items():
        for index in np.ndindex(array.shape):
            step = explain_step(training, f"{parameter}[{','.join(map(str, index))}]", 2)
            gradient = next(line.value for line in step.lines[::-1] if line.kind in ("g", "mean"))
            assert gradient == pytest.approx(net.loss(X[step.batch], y[step.batch], 0.05)[1][parameter][index], rel=1e-9)
            one = net.loss(X[[2]], y[[2]])[1][parameter][index]
            assert next(line.value for line in step.lines if line.kind == "dw") == pytest.approx(one, rel=1e-9, abs=1e-15)


def test_an_example_of_the_batch_is_explained_as_the_step_sees_it():
    """Mirrored and with its mask; any other example without either."""
    X, y = np.arange(EXAMPLES * D, dtype=float).reshape(EXAMPLES, D), np.arange(EXAMPLES) % K
    training = Training(MLP((D, 6, K), seed=2), X, y, X, y, batch_size=EXAMPLES, dropout=0.5, augment=lambda X, rng: X[:, ::-1])
    batch = explain_step(training, "W1[0,0]").batch
    inside, outside = int(batch[-1]), next(i for i in range(EXAMPLES) if i not in batch)
    seen, alone = (explain_step(training, "W1[0,0]", example) for example in (inside, outside))
    assert seen.row == list(batch).index(inside) and alone.row is None
    assert seen.lines[0].value == X[inside, -1] and alone.lines[0].value == X[outside, 0]
    assert [line.kind for line in seen.lines][2:4] == ["f", "a"] and [line.kind for line in alone.lines][2:4] == ["a", "z"]
    means = [next(line for line in step.lines if line.kind == "mean") for step in (seen, alone)]
    assert [len(mean.numbers) for mean in means] == [3, 2]  # its own part, the others, N


@pytest.mark.parametrize("example", [None, 4])
def test_the_first_weight_is_the_one_with_the_largest_gradient_of_the_example(example):
    rng = np.random.default_rng(5)
    X, y = rng.normal(size=(EXAMPLES, D)), rng.integers(0, K, EXAMPLES)
    net = MLP((D, 6, K), "relu", "xavier", seed=3)
    training = Training(net, X, y, X, y, 0.1, batch_size=5, dropout=0.4)
    before = training.state()
    name = steepest_weight(training, example)
    n = explain_step(training, name).batch[0] if example is None else example
    gradient = np.abs(MLP.loss(net, X[[n]], y[[n]])[1]["W1"])
    i, j = np.unravel_index(gradient.argmax(), gradient.shape)
    assert name == f"W1[{i},{j}]" and gradient.max() > 0
    assert training.state()["values"] == before["values"]


@pytest.mark.parametrize("name", ["W3[0,0]", "W1[3,0]", "b2[9]", "W1", "__class__"])
def test_an_unknown_parameter_is_named(name):
    training = Training(MLP((D, K)), np.zeros((4, D)), [0, 1, 2, 0], np.zeros((4, D)), [0, 1, 2, 0])
    with pytest.raises(ValueError, match="not a weight or bias"):
        explain_step(training, name)


@pytest.mark.parametrize("example", [4, -1, (np.zeros(2), 0), (np.zeros(D), K)])
def test_an_example_that_does_not_fit_is_refused(example):
    training = Training(MLP((D, K)), np.zeros((4, D)), [0, 1, 2, 0], np.zeros((4, D)), [0, 1, 2, 0])
    with pytest.raises(ValueError):
        explain_step(training, "W1[0,0]", example)


@settings(max_examples=10, deadline=None)
@given(trainings())
def test_every_link_leads_to_a_part_of_a_lesson(drawn):
    parts = {(lesson.key, part) for lesson in LESSONS for part in lesson.names}
    step = explain_step(*drawn[:2])
    assert {line.lesson for line in step.lines if line.lesson} <= parts
    assert all(line.symbol.count("{") == line.symbol.count("}") and line.about for line in step.lines)
    assert all(line.pattern.count("@") == len(line.numbers) for line in step.lines if line.pattern)
