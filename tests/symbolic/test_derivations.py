"""Every line of every derivation is true, its end agrees with the trained network, and a wrong line is detected."""

import re

import numpy as np
import pytest
from sympy import Derivative, Integer, Integral, Rational, Sum, Symbol, exp, oo

from nnlib import TwoLayerNet
from nnlib.losses import one_hot, softmax
from nnlib.symbolic import derivations
from nnlib.symbolic.derivation import layers as layer_derivations
from nnlib.symbolic.derivation import signal
from nnlib.symbolic.derivation.cross_entropy import logit_gradient, logit_gradient_general
from nnlib.symbolic.derivation.derivation import Setting, Writer
from nnlib.symbolic.derivation.notation import (
    W1,
    W2,
    Delta,
    F,
    J,
    K,
    L,
    M,
    S,
    X,
    a,
    a2,
    b1,
    b2,
    class_sum,
    d,
    fan_in,
    g,
    h,
    i,
    j,
    k,
    l,
    lam,
    layer_by_layer,
    n,
    network,
    normal_sum,
    one_unit,
    p,
    psi,
    q,
    q_after,
    r,
    sigma,
    softmax_of_one,
    v,
    w,
    z,
    z2,
    z3,
    z_one,
)
from nnlib.symbolic.derivation.notation import D as inputs
from nnlib.symbolic.derivation.notation import H as units
from nnlib.symbolic.derivation.notation import N as examples
from nnlib.symbolic.derivation.numeric import Point, arithmetic, value_of
from nnlib.symbolic.derivation.points import depth_points, normal_points, softmax_points, unit_points
from nnlib.symbolic.derivation.printing import Mean, Product, ProductOver, latex
from nnlib.symbolic.derivation.softmax import jacobian, shift_invariance, softmax_derivative, softmax_derivative_general


@pytest.mark.parametrize("classes", [2, 3, 5])
def test_every_step_equals_the_previous_step(classes):
    """All entries for 2 and 3 classes; for 5, one on the diagonal and one beside it: the others differ in letters only."""
    entries = [(1, 1), (2, 1)]
    some = [softmax_derivative(classes, *entry) for entry in entries] + [logit_gradient(classes, *entry) for entry in entries]
    for derivation in derivations(classes) if classes < 5 else [*some, jacobian(classes)]:
        for step in derivation.steps:
            assert step.verify() is True, f"{derivation.name}: {step.latex}"


def test_every_entry_has_a_derivation():
    written = {derivation.steps[0].latex.split(" = ")[0] for derivation in derivations(3)}
    for row in (1, 2, 3):
        for column in (1, 2, 3):
            assert rf"\frac{{\partial \psi_{{{row}}}}}{{\partial z_{{{column}}}}}" in written


@pytest.mark.parametrize("classes", [1, 7, 0, -1, 2.5, "3", None, True])
def test_a_number_of_classes_outside_2_to_6_is_rejected(classes):
    with pytest.raises(ValueError, match="K = "):
        derivations(classes)


@pytest.mark.parametrize("row, column", [(0, 1), (1, 4), (4, 1)])
def test_indices_outside_the_classes_are_rejected(row, column):
    with pytest.raises(ValueError):
        softmax_derivative(3, row, column)
    with pytest.raises(ValueError):
        logit_gradient(3, row, column)


def test_steps_give_their_comparison_reason_and_rule():
    for derivation in derivations(3):
        assert derivation.title and derivation.name
        for step in derivation.steps:
            assert step.verified == "exactly" or "random numbers" in step.verified
            assert step.why.endswith(".") and step.rule


def test_latex_is_what_a_teacher_writes():
    general = softmax_derivative_general()
    assert general.steps[-1].latex == r"= \psi_{i} \, \left(\delta_{ij} - \psi_{j}\right)"
    assert softmax_derivative(3, 1, 2).steps[-1].latex == r"= - \psi_{1} \, \psi_{2}"
    assert logit_gradient_general().steps[-1].latex == r"= \psi_{j} - \Delta_{j}"
    assert latex(Sum(Delta[n, k], (k, 1, K)) / 2) == r"\frac{1}{2} \sum_{k} \Delta_{nk}"
    assert latex(exp(z[i])) == r"e^{z_{i}}" and latex(exp(z[i] / K)) == r"e^{z_{i}/K}"
    assert latex(Product(psi[1], psi[2] - 1)) == r"\psi_{1} \cdot \left(\psi_{2} - 1\right)"
    assert latex(Product(psi[1], -psi[2])) == r"\psi_{1} \cdot \left(- \psi_{2}\right)"


def test_every_line_of_a_derivation_takes_one_step():
    assert [step.rule for step in shift_invariance().steps] == ["powers", "distribute", "cancel", "definition"]


def test_no_latex_that_a_browser_cannot_render():
    """Two superscripts on one letter, as in W^{(1)}_{dl}^{2}, are an error in a browser, and braces must match."""
    for derivation in derivations(3):
        for step in derivation.steps:
            assert not re.search(r"\^\{[^{}]*\}_\{[^{}]*\}\^", step.latex), step.latex
            assert step.latex.count("{") == step.latex.count("}"), step.latex
    assert latex(W1[1, 2] ** 2) == r"\left(W^{(1)}_{12}\right)^{2}"
    assert latex(psi[1] ** 2) == r"\psi_{1}^{2}"


# A wrong line must not pass: each of these is a slip at one step of a derivation.

SLIPS = {
    "sign": (psi[i] * psi[j], -psi[i] * psi[j]),
    "index": (psi[i] * (1 - psi[j]), psi[j] * (1 - psi[j])),
    "case": (psi[i] * (1 - psi[j]), Derivative(psi[i], z[j])),
    "square": (exp(z[i]) / S, exp(z[i]) / S**2),
    "factor": (2 * psi[i], psi[i]),
    "sum": (class_sum(psi[k]), Integer(2)),
    "tiny": (psi[i], psi[i] + Rational(1, 10**20)),
}


@pytest.mark.parametrize("slip", SLIPS)
def test_a_wrong_line_is_detected(slip):
    before, after = SLIPS[slip]
    write = Writer("wrong", "A slip", before, Setting(softmax_of_one(), softmax_points))
    write.line(after, "slip", "It is wrong.")
    assert not write.done().steps[0].verify()


FACTOR = fan_in[l] * sigma**2 / 2
SIGNAL_SLIPS = {
    "no independence": (Mean(z_one**2), Sum(a[i] ** 2 * sigma, (i, 1, F)), one_unit, unit_points),
    "one weight for all": (Mean(z_one**2), sigma**2 * Sum(a[i], (i, 1, F)) ** 2, one_unit, unit_points),
    "mean of a weight": (Mean(w[1]), sigma, one_unit, unit_points),
    "no half": (Mean(g**2), M * sigma**2 * r, one_unit, unit_points),
    "half of the whole": (Integral(z_one**2 * p(z_one), (z_one, 0, oo)), v, normal_sum, normal_points),
    "size for its square": (
        q_after[L],
        q_after[0] * ProductOver(FACTOR / sigma, (l, 1, L)),
        layer_by_layer,
        depth_points,
    ),
    "a layer too few": (
        q_after[L],
        q_after[0] * ProductOver(FACTOR, (l, 2, L)),
        layer_by_layer,
        depth_points,
    ),
}


@pytest.mark.parametrize("slip", SIGNAL_SLIPS)
def test_a_wrong_line_about_random_draws_is_detected(slip):
    before, after, definitions, points = SIGNAL_SLIPS[slip]
    write = Writer("wrong", "A slip", before, Setting(definitions(), points))
    write.line(after, "slip", "It is wrong.")
    assert not write.done().steps[0].verify()


def test_the_signal_lines_follow_the_textbook_formula():
    last = {each.name: each.steps[-1].latex for each in derivations(2)}
    assert last["signal-sum"] == r"= F \, \sigma^{2} \, q"
    assert last["signal-relu"] == r"= \frac{v}{2}"
    assert last["signal-layers"] == r"= q_{0} \cdot \prod_{l=1}^{L} \frac{F_{l} \, \sigma^{2}}{2}"
    assert last["signal-he"] == r"= \frac{2}{F}"
    assert last["signal-back"] == r"= \frac{M \, \sigma^{2} \, r}{2}"
    assert last["signal-residual"] == r"= v \cdot \left(1 + \frac{F \, \sigma^{2}}{2}\right)"
    assert last["signal-residual-back"] == r"= r \cdot \left(1 + \frac{M \, \sigma^{2}}{2}\right)"
    assert last["signal-layer-norm"] == "= 1"
    whole, half, *_ = signal.half_of_a_normal().steps
    assert whole.latex.endswith(r"= \int_{-\infty}^{\infty} \max(0, z)^{2} \, p(z) \, dz")
    assert half.latex == r"= \int_{0}^{\infty} z^{2} \, p(z) \, dz"
    assert signal.sum_of_a_unit().steps[0].latex.startswith(r"\mathbb{E}\left[z^{2}\right] = \mathbb{E}\left[\left(\sum_{i}")


def test_equivalent_forms_are_the_same():
    total = class_sum(exp(z[k]), 3)
    write = Writer("right", "The same", exp(z[1]) / total, Setting(softmax_of_one(), lambda: softmax_points(3)))
    write.line(psi[1], "definition", "By definition.")
    write.line(1 - class_sum(psi[k], 3) + psi[1], "normalisation", "They sum to 1.")
    assert all(step.verify() for step in write.done().steps)


# The ends of the derivations, compared with the trained network.


def numbers_of(net, X_, y, reg):
    """A point at the numbers of a network and a batch."""
    mp = arithmetic()
    rows, columns = X_.shape
    hidden, classes = net.params["W2"].shape
    arrays = {X: X_, W1: net.params["W1"], b1: net.params["b1"], W2: net.params["W2"], b2: net.params["b2"]}
    arrays[Delta] = one_hot(y, classes)
    values = {
        (base, tuple(index + 1 for index in place)): mp.mpf(float(value))
        for base, array in arrays.items()
        for place, value in np.ndenumerate(array)
    }
    sizes = {examples: rows, inputs: columns, units: hidden, K: classes}
    return Point(sizes, values | {lam: mp.mpf(reg)}, network(rows, columns, hidden, classes), mp)


@pytest.fixture
def batch():
    rng = np.random.default_rng(3)
    net = TwoLayerNet(3, 4, 3, std=1.0, seed=2)
    net.params["b1"][:] = rng.normal(size=4)
    return net, rng.normal(size=(5, 3)), np.array([0, 2, 1, 1, 0])


@pytest.mark.parametrize(
    "derivation, name, indices, penalised",
    [
        ("second_weights", "W2", (h, k), 2 * lam * W2[h, k]),
        ("second_biases", "b2", (k,), 0),
        ("first_weights", "W1", (d, h), 2 * lam * W1[d, h]),
        ("first_biases", "b1", (h,), 0),
    ],
)
def test_derived_gradients_equal_the_gradients_used_in_training(batch, derivation, name, indices, penalised):
    net, X_, y = batch
    reg = 0.3
    _, grads = net.loss(X_, y, reg)
    point = numbers_of(net, X_, y, reg)
    derived = getattr(layer_derivations, derivation)().steps[-1].expression + penalised
    for place, gradient in np.ndenumerate(grads[name]):
        here = point
        for index, number in zip(indices, place):
            here = here.bound(index, number + 1)
        assert float(value_of(derived, here)) == pytest.approx(gradient, rel=1e-9, abs=1e-12)


def test_the_derived_factors_match_sampled_networks():
    """The derived means over all draws, compared with many draws of one layer, forward and backward."""
    rng = np.random.default_rng(0)
    inputs_, units_, deviation, draws = 30, 20, 0.3, 2000
    at = Point({F: inputs_, M: units_}, {sigma: deviation, q: 1, r: 1}, {}, arithmetic())
    W, x, back = rng.normal(0, deviation, (draws, inputs_, units_)), rng.normal(size=inputs_), rng.normal(size=units_)
    sums = x @ W
    derived = float(value_of(signal.sum_of_a_unit().steps[-1].expression, at)) * np.mean(x**2)
    assert np.mean(sums**2) == pytest.approx(derived, rel=0.03)
    assert np.mean(np.maximum(0, sums) ** 2) == pytest.approx(derived / 2, rel=0.03)
    mask = rng.normal(size=(draws, inputs_)) > 0
    derived = float(value_of(signal.gradient_of_a_unit().steps[-1].expression, at)) * np.mean(back**2)
    assert np.mean((W @ back * mask) ** 2) == pytest.approx(derived, rel=0.03)


def test_the_derived_jacobian_equals_the_jacobian_of_softmax():
    logits = np.array([0.3, -1.2, 2.0, 0.1])
    psi_ = softmax(logits[None])[0]
    mp = arithmetic()
    point = Point({}, {(psi, (index + 1,)): mp.mpf(float(value)) for index, value in enumerate(psi_)}, {}, mp)
    derived = value_of(jacobian(4).steps[-1].expression, point)
    np.testing.assert_allclose(np.array(derived.tolist(), float), np.diag(psi_) - np.outer(psi_, psi_), atol=1e-15)


def test_a_derivative_is_computed_from_the_values_not_from_the_rules():
    mp = arithmetic()
    x = Symbol("x")
    assert abs(value_of(Derivative(x**3, x), Point({}, {x: mp.mpf(2)}, {}, mp)) - 12) < 1e-20


def test_a_loss_can_be_differentiated_with_respect_to_inner_terms(batch):
    net, X_, y = batch
    z_, a_ = net.forward(X_)
    point = numbers_of(net, X_, y, 0.0)
    delta = (softmax(z_[3]) - one_hot(y, 3)) / 5
    assert float(value_of(Derivative(J, z3[2, 1]), point)) == pytest.approx(delta[1, 0])
    back = (delta @ net.params["W2"].T) * (a_[2] > 0)
    assert float(value_of(Derivative(J, z2[4, 3]), point)) == pytest.approx(back[3, 2], abs=1e-12)
    assert float(value_of(a2[1, 1], point)) == pytest.approx(a_[2][0, 0])


def test_functions_that_no_lesson_uses_cannot_be_evaluated():
    from sympy import sin

    with pytest.raises(TypeError, match="sin"):
        value_of(sin(Symbol("x")), Point({}, {Symbol("x"): 1}, {}, arithmetic()))
