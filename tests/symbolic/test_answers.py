"""Right answers in other forms are right and subtly wrong ones are wrong, compared with an independent check."""

import math
import random
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlib.symbolic import check_answer, exercises, read_back
from nnlib.symbolic.answers.formula import FormulaError
from nnlib.symbolic.answers.grammar import parse
from tests.symbolic import oracle
from tests.symbolic.variants import everywhere, mutated_here, rewritten_here, typed

EXERCISES = exercises()
IDS = [exercise.id for exercise in EXERCISES]
BY_ID = dict(zip(IDS, EXERCISES))


def root(exercise):
    return parse(exercise.solution, exercise.names).root


def rewrites(exercise):
    return [typed(tree) for tree in everywhere(root(exercise), rewritten_here)][::3]


def mutations(exercise):
    return sorted({typed(tree) for tree in everywhere(root(exercise), lambda node: mutated_here(node, exercise.names))})[::3]


# Written by hand, like a learner's answers.
RIGHT = {
    "forward-z2": ["b1 + X@W1", "x@w1+B1", "X@W1+b1", "(W1.T @ X.T).T + b1", "b1+(X @ W1)"],
    "forward-logits": [
        "relu(X@W1+b1)@W2+b2",
        "b2 + max(X@W1 + b1, 0)@W2",
        "maximum(0, X@W1 + b1)@W2 + b2",
        "where(X@W1 + b1 > 0, X@W1 + b1, 0)@W2 + b2",
        "((X@W1+b1)*(X@W1+b1>0))@W2+b2",
    ],
    "forward-parameters": ["(D+1)*H + (H+1)*K", "H*(D+K+1)+K", "D*H+H*K+H+K", "(D + 1)*H + H*K + K"],
    "forward-uniform-loss": [
        "ln(K)",
        "Log(k)",
        "-log(1/K)",
        "log(K**2)/2",
        "-1*log(1/K)",
        "0 - log(K**-1)",
        "2*log(sqrt(K))",
        "-K*log(1/K)/K",
    ],
    "forward-one-example": [
        "-log(exp(z_1)/(exp(z_1)+exp(z_2)+exp(z_3)))",
        "log(1 + exp(z_2-z_1) + exp(z_3-z_1))",
        "-z_1 + log(exp(z_1)+exp(z_2)+exp(z_3))",
        "max(z_1, z_2, z_3) + log(sum(exp(z_1 - max(z_1, z_2, z_3))) + exp(z_2 - max(z_1, z_2, z_3)) "
        "+ exp(z_3 - max(z_1, z_2, z_3))) - z_1",
        "-log(1/(1 + exp(z_2 - z_1) + exp(z_3 - z_1)))",
    ],
    "forward-two-examples": [
        "-log(p_1*p_2)/2",
        "-1/2*log(p_1) - 1/2*log(p_2)",
        "-0.5*(log(p_1)+log(p_2))",
        "-log(sqrt(p_1*p_2))",
    ],
    "forward-penalty": [
        "lam*sum(W1**2) + lam*sum(W2**2)",
        "lam*sum(W1*W1)+lam*sum(W2*W2)",
        "lam*(sum(sum(W1**2, axis=0)) + sum(sum(W2**2, axis=1)))",
        "lam*(sum(sum(W1**2, axis=1), axis=0) + sum(W2**2))",
        "(sum(W1²)+sum(W2²))*λ",
    ],
    "forward-widths": ["h_2*(h_1+h_3)", "h_1*h_2+h_3*h_2", "(h_1 + h_3)*h_2"],
    "softmax-psi-1-z-2": [
        "-psi_2*psi_1",
        "psi_1*(0-psi_2)",
        "-ψ₁*ψ₂",
        "psi_1*(psi_1 + psi_3 - 1)",
        "-exp(z_1)*exp(z_2)/(exp(z_1)+exp(z_2)+exp(z_3))**2",
        "-exp(z_1+z_2)/(exp(z_1)+exp(z_2)+exp(z_3))^2",
    ],
    "softmax-psi-1-z-1": [
        "psi_1 - psi_1**2",
        "psi_1*(psi_2+psi_3)",
        "-(psi_1-1)*psi_1",
        "ψ₁*(1−ψ₁)",
        "(1-psi_2-psi_3)*(1-psi_1)",
        "exp(log(psi_1) + log(1-psi_1))",
        "exp(log(1-psi_2-psi_3))*(1-psi_1)",
    ],
    "softmax-compact": ["psi_i*delta_ij - psi_i*psi_j", "-psi_i*(psi_j-delta_ij)", "psi_j*(delta_ij - psi_i)", "ψᵢ·(δᵢⱼ − ψⱼ)"],
    "softmax-log": ["-(psi_j - delta_ij)", "(psi_i*delta_ij - psi_i*psi_j)/psi_i", "-psi_j + delta_ij"],
    "softmax-row": ["psi_3*psi_1", "psi_1*(1-psi_1) - psi_1*psi_2", "psi_1*(1-psi_1-psi_2)"],
    "softmax-shift": ["exp(z_1+c)/(exp(z_1+c)+exp(z_2+c)+exp(z_3+c))", "1/(1+exp(z_2-z_1)+exp(z_3-z_1))"],
    "softmax-two-classes": [
        "exp(d)/(1+exp(d))",
        "1 - 1/(1+exp(d))",
        "1/(1+1/exp(d))",
        "(1+exp(-d))**-1",
        "exp(-log(1 + exp(-d)))",
        "exp(d - max(0, d))/(exp(-max(0, d)) + exp(d - max(0, d)))",
        "1/2 + (exp(d) - 1)/(2*(exp(d) + 1))",
        "exp(d/2)/(exp(d/2) + exp(-d/2))",
        "where(d > 0, 1/(1 + exp(-d)), exp(d)/(1 + exp(d)))",
    ],
    "softmax-temperature": ["-psi_1*psi_2*T**-1", "-(psi_1/T)*psi_2", "psi_1*(0-psi_2)/T", "-1/T*psi_1*psi_2"],
    "backpropagation-log": ["1/f*df", "df*f**-1", "(1/f)*df", "df*exp(-log(f))"],
    "backpropagation-sign": ["-(Delta_j - psi_j)", "-Delta_j+psi_j", "(-1/psi_y)*psi_y*(Delta_j - psi_j)", "ψⱼ − Δⱼ"],
    "backpropagation-dz3": [
        "psi/N - Delta/N",
        "1/N*(psi-Delta)",
        "-(Delta-psi)/N",
        "(softmax(z3) - Delta)/N",
        "(ψ − Δ)/N",
        "(psi - Delta)/max(N, 1)",
        "(psi - Delta)/sum(Delta)",
        "(exp(z3)/sum(exp(z3), axis=1) - Delta)/N",
    ],
    "backpropagation-side": ["(dz3.T @ a2).T", "a2^T @ dz3", "a2ᵀ @ dz3"],
    "backpropagation-dw2": [
        "2*lam*W2 + a2.T @ (psi - Delta)/N",
        "(a2.T@psi - a2.T@Delta)/N + lam*2*W2",
        "((psi-Delta).T @ a2).T/N + 2*lam*W2",
        "a2.T @ ((psi-Delta)/N) + lam*W2 + lam*W2",
        "1/N*a2.T@(psi-Delta) + 2*lam*W2",
        "a2ᵀ @ (ψ − Δ)/N + 2λ*W2".replace("2λ", "2*λ"),
    ],
    "backpropagation-db2": [
        "sum((psi-Delta)/N, axis=0)",
        "(psi-Delta).sum(axis=0)/N",
        "sum(psi,axis=0)/N - sum(Delta,axis=0)/N",
        "1/N*sum(psi-Delta,axis=0)",
    ],
    "backpropagation-da2": ["(W2 @ dz3.T).T", "dz3@W2^T"],
    "backpropagation-dz2": [
        "((psi-Delta)@W2.T)*(a2>0)/N",
        "(z2>0)*((psi-Delta)@W2.T/N)",
        "(W2@(psi-Delta).T).T*(z2 > 0)/N",
        "where(z2 > 0, (psi - Delta)/N @ W2.T, 0)",
    ],
    "backpropagation-w1-whole": ["(((psi-Delta) @ W2.T * (z2 > 0)).T @ X).T/N + 2*W1*lam"],
    "backpropagation-dw1": ["2*lam*W1 + X.T@dz2", "(dz2.T@X).T + 2*W1*lam", "X^T @ dz2 + lam*(W1+W1)"],
    "backpropagation-db1": ["dz2.sum(axis=0)", "sum(dz2.T, axis=1).T", "sum(1*dz2, axis=0)"],
    "backpropagation-dx": ["(W1@dz2.T).T"],
    "backpropagation-penalty": ["lam*(W2+W2)", "W2*2*lam", "lam*2*W2"],
    "backpropagation-tanh": ["da2 - da2*a2**2", "da2*(1-a2)*(1+a2)", "(1-a2*a2)*da2"],
    "gradient-check-central": ["(J_plus-J_minus)/2/h", "J_plus/(2*h) - J_minus/(2*h)", "0.5*(J_plus-J_minus)/h"],
    "gradient-check-central-error": ["J3*h**2/6", "1/6*h*h*J3", "h^2/6*J3"],
    "gradient-check-forward-error": ["J2*h/2", "0.5*h*J2"],
    "gradient-check-best-step": ["eps/2/c", "1/2*eps/c", "ε/(2*c)", "0.5*eps*c**-1"],
    "gradient-check-relative-error": ["abs(b-a)/max(abs(b),abs(a))", "sqrt((a-b)**2)/max(abs(a),abs(b))"],
    "gradient-check-kink": ["1/2 + x/(2*h)", "(max(0,x+h) - max(0,x-h))/(2*h)", "0.5*(1 + x/h)"],
    "gradient-check-missing-n": ["(N-1)/N", "-(1/N - 1)", "1 - N**-1", "(N*1 - 1)/N"],
    "gradient-check-missing-two": ["0.5", "50%", "2**-1", "1-1/2", ".5", "2*lam/(4*lam)"],
    "gradient-check-depth": ["sigma**2*n/2", "0.5*n*sigma*sigma", "n*σ²/2"],
    "gradient-check-three-layers": ["n**3*sigma**6/8", "n*sigma**2/2*n*sigma**2/2*n*sigma**2/2"],
    "gradient-check-he": ["2*n**-1", "4/(2*n)", "sqrt(4/n**2)", "1/(n/2)"],
}

WRONG = {
    "backpropagation-dw2": [
        "a2.T @ (psi - Delta)/5 + 2*lam*W2",
        "a2.T @ (psi - Delta)/8 + 2*lam*W2",
        "a2 @ (psi - Delta).T/N + 2*lam*W2",
        "a2.T @ psi - Delta/N + 2*lam*W2",
        "a2.T @ (psi - Delta)/(N + 2*lam*W2)",
        "a2.T @ (psi - Delta)/N + 2*lam*sqrt(W2**2)",
        "a2.T @ (psi - Delta)/N + 1.999999999*lam*W2",
    ],
    "backpropagation-dz3": [
        "(psi - Delta)/max(N, 8)",
        "(psi - Delta)/max(N, 2)",
        "(psi - Delta)/(-max(-N, -250))",
        "(psi - Delta)*where(N > 250, 0, 1)/N",
        "(psi - Delta)/9",
        "(psi - Delta)/(N + 0.000000001)",
        "psi - Delta/N",
        "(psi - Delta)/sum(psi, axis=1)",
    ],
    "softmax-two-classes": ["1/(1+exp(-d)) + 1e-9", "0.5 + d/4", "0.5 + d/4 - d**3/48", "1/(1 + exp(-d)) + d**8/10**8/10**4"],
    "softmax-compact": ["psi_i*(delta_ij - psi_j)**1 + 1e-9*delta_ij", "psi_i*(delta_ij - psi_j*delta_ij)"],
    "gradient-check-missing-two": ["0.500000001", "0.4999", "lam/lam", "1/2*lam"],
    "gradient-check-kink": ["max(0, x + h)/(2*h) - x", "(x + h)/2*h", "x + h/(2*h)"],
    "forward-uniform-loss": ["log(K) + 1e-9", "2.302585092994", "log(10)", "log(K)**2"],
}


@pytest.mark.parametrize("exercise", EXERCISES, ids=IDS)
def test_every_form_of_the_solution_is_right(exercise):
    for text in [exercise.solution, *RIGHT.get(exercise.id, ()), *rewrites(exercise)]:
        assert check_answer(exercise.id, text).correct, text


@pytest.mark.parametrize("exercise", EXERCISES, ids=IDS)
def test_one_change_makes_an_answer_wrong_where_the_oracle_agrees(exercise):
    for text in mutations(exercise):
        right = oracle.equal(text, exercise.solution, exercise.names)
        assert check_answer(exercise.id, text).correct == right, text


# The least and the largest value of a name, where there is one. z2 is only compared with 0, and exp(-250) is 0 to 30 digits.
RANGES = {
    **dict.fromkeys(("psi", "psi_1", "psi_2", "psi_3", "psi_i", "psi_j", "p_1", "p_2"), (0, 1)),
    **dict.fromkeys(("Delta", "Delta_j", "delta_ij"), (0, 1)),
    **dict.fromkeys((("forward-uniform-loss", "K"), "N"), (1, math.inf)),
    ("backpropagation-tanh", "a2"): (-1, 1),
    "dz3": (-1, 1),
    "z2": (-math.inf, 0),
    ("softmax-two-classes", "x"): (-math.inf, 250),
}


def with_name(exercise, name, form):
    """The solution with every occurrence of a name replaced."""
    return re.sub(rf"\b{name}\b", form.format(name), exercise.solution)


@pytest.mark.parametrize("exercise", EXERCISES, ids=IDS)
def test_a_bound_on_a_name_is_right_only_if_no_value_lies_beyond_it(exercise):
    for name in parse(exercise.solution, exercise.names).names:
        least, largest = RANGES.get((exercise.id, name), RANGES.get(name, (-math.inf, math.inf)))
        for bound in (1e-9, 8):
            text = with_name(exercise, name, f"max({{}}, {bound})")
            assert check_answer(exercise.id, text).correct == (bound <= least), text
        for bound in (0.999, 250):
            text = with_name(exercise, name, f"(-max(-{{}}, -{bound}))")
            assert check_answer(exercise.id, text).correct == (bound >= largest), text


@pytest.mark.parametrize("exercise", EXERCISES, ids=IDS)
def test_a_difference_of_a_billionth_is_wrong(exercise):
    names = parse(exercise.solution, exercise.names).names - {"z2"}  # compared with 0 only
    texts = [with_name(exercise, name, "(1.000000001*{})") for name in names]
    for text in [*texts, f"({exercise.solution})*0.999999999", f"{exercise.solution} + 0.000000001"]:
        assert not check_answer(exercise.id, text).correct, text


@pytest.mark.parametrize("exercise", EXERCISES, ids=IDS)
def test_a_right_answer_may_pass_through_exp_and_through_a_choice(exercise):
    for form in ("log(exp({}))", "where(1 > 0, {}, 0)", "sqrt(4)*({})/2"):
        text = form.format(exercise.solution)
        assert check_answer(exercise.id, text).correct, text


@pytest.mark.parametrize("exercise_id", WRONG)
def test_an_approximate_answer_is_not_right(exercise_id):
    for text in WRONG[exercise_id]:
        assert not check_answer(exercise_id, text).correct, text


def test_there_are_enough_variants_and_mutations():
    right = sum(len(rewrites(exercise)) for exercise in EXERCISES) + sum(map(len, RIGHT.values()))
    wrong = sum(
        not oracle.equal(text, exercise.solution, exercise.names) for exercise in EXERCISES for text in mutations(exercise)
    )
    assert right >= 220 and wrong >= 220


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(IDS), st.integers(0, 2**32), st.integers(2, 4))
def test_repeated_rewriting_keeps_an_answer_right(exercise_id, seed, times):
    exercise, rng = BY_ID[exercise_id], random.Random(seed)
    tree = root(exercise)
    for _ in range(times):
        tree = rng.choice(list(everywhere(tree, rewritten_here)))
    text = typed(tree)
    try:
        parse(text, exercise.names)
    except FormulaError:
        return  # too long to be typed
    assert check_answer(exercise_id, text).correct, text


def test_a_right_answer_reports_the_comparison_and_shows_the_usual_form():
    other_form = check_answer("softmax-psi-1-z-1", "psi_1 - psi_1**2")
    assert "32 sets of random numbers" in other_form.message and "exact" in other_form.message
    assert read_back("softmax-psi-1-z-1", "psi_1*(1 - psi_1)") in other_form.message
    same_form = check_answer("softmax-psi-1-z-1", "psi_1*(1-psi_1)")
    assert "$" not in same_form.message and "random" not in same_form.message
    assert "30 digits" in check_answer("softmax-two-classes", "exp(d)/(1 + exp(d))").message


@pytest.mark.parametrize("mask", ["(z2 >= 0)", "a2/z2", "(1 - (z2 < 0))"])
def test_a_mask_that_includes_0_is_right_with_a_remark_on_the_lesson(mask):
    answer = check_answer("backpropagation-dz2", f"(psi - Delta) @ W2.T * {mask}/N")
    assert answer.correct and "`z2 > 0`" in answer.message


@pytest.mark.parametrize("mask", ["(z2 > 0)", "(a2 > 0)", "(0 < z2)", "(1 - (z2 <= 0))", "exp(0)*(z2 > 0)"])
def test_a_mask_that_excludes_0_is_right_without_a_remark(mask):
    answer = check_answer("backpropagation-dz2", f"(psi - Delta) @ W2.T * {mask}/N")
    assert answer.correct and "`z2 > 0`" not in answer.message


def test_the_read_back_shows_brackets_and_names_what_cannot_be_read():
    assert read_back("gradient-check-central", "(J_plus - J_minus)/2*h") != read_back(
        "gradient-check-central", "(J_plus - J_minus)/(2*h)"
    )
    with pytest.raises(FormulaError, match="theta"):
        read_back("gradient-check-central", "theta + h")


@pytest.mark.parametrize("unknown", ["", "no-such-exercise", None, 3, ["forward-z2"]])
def test_an_unknown_exercise_is_rejected(unknown):
    with pytest.raises(ValueError, match="exercises"):
        check_answer(unknown, "1")


def test_a_verdict_is_deterministic():
    verdicts = {check_answer("backpropagation-dz2", "(psi - Delta) @ W2.T * (z2 >= 0) / (N + 1)") for _ in range(3)}
    assert len(verdicts) == 1
