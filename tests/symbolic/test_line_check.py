"""Lines that a learner writes in a derivation: what was written is read, right lines are accepted, slips are refused."""

import random

import pytest

from nnlib.symbolic import check_answer, derivations
from nnlib.symbolic.answers.evaluation import Work
from nnlib.symbolic.answers.formula import FormulaError
from nnlib.symbolic.derivation import cross_entropy, layers, matrices, one_unit, signal, softmax, softmax_cases
from nnlib.symbolic.derivation.form import as_written, left_to_do, multiplied_out, way_back
from nnlib.symbolic.derivation.line_check import check_line, first_end, what_the_last_line_lacks
from nnlib.symbolic.derivation.line_values import close, values_of
from tests.symbolic.patience import little_work

OF_EVERY_KIND = list({each.name: each for each in derivations(2)}.values())
# The only lines that cannot be typed, by derivation: matrices written out, integrals, a product over an index, and indices that
# are computed.
SHOWN = {
    "softmax-jacobian": [1],
    "W2-matrix": [1, 2],
    "b1-matrix": [1, 2],
    "b2-matrix": [1, 2],
    "z2-matrix": [1, 2],
    "W1-matrix": [1, 2],
    "signal-relu": [1, 2, 3],
    "signal-layers": [1, 2, 3],
    "convolution-weight": [2, 3],
}


def typed_lines(derivation):
    return [(number, step) for number, step in enumerate(derivation.steps, 1) if step.text]


def form(derivation, text):
    return multiplied_out(derivation.reader.read(text).root)


def verdict(derivation, text, number=1, before=""):
    return check_line(derivation, number, text, before)


@pytest.mark.parametrize("derivation", OF_EVERY_KIND, ids=lambda each: each.title)
def test_only_lines_that_paper_alone_can_hold_are_not_typed(derivation):
    shown = [number for number, text in enumerate(derivation.texts) if number and not text]
    assert shown == SHOWN.get(derivation.name, [])


def test_every_line_accepts_itself_and_refuses_every_known_slip():
    """All entries for 2 and 3 classes; for 5, one on the diagonal and one beside it: the others differ in letters only."""
    entries = [
        entry(5, *place) for entry in (softmax.softmax_derivative, cross_entropy.logit_gradient) for place in ((1, 1), (2, 1))
    ]
    for derivation in dict.fromkeys([*derivations(2), *derivations(3), *entries, softmax.jacobian(5)]):
        for number, step in typed_lines(derivation):
            own = check_line(derivation, number, step.text)
            assert (own.kind, own.line) == ("right", number), (derivation.name, step.text, own)
            for slip in step.slips:
                refused = check_line(derivation, number, slip.text)
                assert (refused.kind, refused.message) == ("not equal", slip.hint), (derivation.name, slip.text, refused)


def test_only_two_derivations_have_no_slips():
    """One cannot be typed, and the other has no calculus in it."""
    without = [each.name for each in OF_EVERY_KIND if not any(step.slips for step in each.steps)]
    assert without == ["softmax-shift", "signal-layers"]


def test_a_line_is_no_step_from_itself_and_the_next_but_one_is_two():
    for derivation in OF_EVERY_KIND:
        for number, step in typed_lines(derivation)[1::2]:
            if derivation.texts[number - 1]:
                same = check_line(derivation, number, derivation.texts[number - 1])
                assert (same.kind, same.line) == ("no nearer", number - 1), derivation.texts[number - 1]
            if number > 1:
                two = check_line(derivation, number - 1, step.text)
                assert two.kind == "several" and two.line == number and "2 steps" in two.message, step.text


def test_random_changes_of_a_line_are_never_accepted_unless_they_are_equal():
    """A sign, a figure or an index of a line is changed; its value then decides, by the arithmetic of the lines themselves."""
    rng = random.Random(5)
    changes = [("+", "-"), (" - ", " + "), ("*", "/"), ("psi", "2*psi"), ("_i", "_j"), ("_1", "_2"), ("_n", "_m"), ("1", "2")]
    tried = 0
    for derivation in OF_EVERY_KIND:
        for number, step in rng.sample(typed_lines(derivation), min(1, len(typed_lines(derivation)))):
            here = [pair for pair in changes if pair[0] in step.text]
            if not here:
                continue
            old, new = rng.choice(here)
            text = step.text.replace(old, new, 1)
            try:
                mine = values_of(derivation.reader.read(text), derivation.reader, derivation.points, Work())
                equal = all(map(close, mine, derivation.values))
            except FormulaError:
                equal = False
            found = check_line(derivation, number, text)
            assert (found.kind in ("right", "several", "no nearer")) == equal, (text, found)
            tried += not equal
    assert tried > 15


# What a learner writes


GENERAL = softmax.softmax_derivative_general()
LOGIT = cross_entropy.logit_gradient_general()


@pytest.mark.parametrize(
    "text",
    [
        "psi_i*(delta_ij - psi_j)",
        "ψ_i (δ_ij − ψ_j)",
        "= (delta_ij - psi_j) psi_i.",
        "psi_i*delta_ij - psi_i*psi_j",
        "psi_i*((i == j) - psi_j)",
    ],
)
def test_the_end_is_reached_in_any_order_and_multiplied_out(text):
    found = verdict(GENERAL, text, 8)
    assert found.accepted and found.line == 8


@pytest.mark.parametrize(
    "derivation, number, text, line",
    [
        (GENERAL, 2, "(∂e^z_i/∂z_j S − e^z_i ∂S/∂z_j)/S²", 2),
        (GENERAL, 3, "exp(z_i)/S*(delta_ij - exp(z_j)/S)", 2),  # a line of one's own, nearer to the end than the third
        (cross_entropy.log_derivative(), 1, "f'(x)/f(x)", 2),
        (cross_entropy.batch_gradient(), 7, "psi_nj/N - Delta_nj/N", 7),
        (layers.second_weights(), 5, "1/N*sum_n(a2_nh*(psi_nk - Delta_nk))", 5),
        (layers.second_weights(), 1, "Σ_n Σ_k ∂z3_nk/∂W2_hk · ∂J/∂z3_nk", -1),
        (layers.second_weights(), 1, "sum_m(sum_n(d(J)/d(z3_nm)*d(z3_nm)/d(W2_hk)))", 1),
        (layers.hidden_gradient(), 4, "(z2_nh > 0)*sum_k(W2_hk*d(J)/d(z3_nk))", 4),
        (matrices.second_biases_matrix(), 3, "sum(G3, axis=0)", 3),
        (matrices.hidden_matrix(), 4, "(psi - Delta)/N @ W2.T * (z2 > 0)", 4),
        (softmax.jacobian(4), 2, "diag(ψ) − ψψᵀ", 2),
        (signal.sum_of_a_unit(), 6, "nσ²q", 6),
    ],
)
def test_right_lines_as_learners_type_them(derivation, number, text, line):
    found = verdict(derivation, text, number)
    if line < 0:  # k is the fixed index of the weight: it cannot be the letter of a sum as well
        assert found.kind == "not equal"
    else:
        assert found.accepted and found.line == line, found


@pytest.mark.parametrize(
    "derivation, number, text, words",
    [
        (softmax.softmax_derivative(3, 1, 2), 5, "psi_1*psi_2", "the sign is wrong"),
        (softmax.softmax_derivative(3, 1, 2), 5, "-2*psi_1*psi_2", "`2` times too large"),
        (softmax.softmax_derivative(3, 1, 2), 5, "-psi_1*psi_3", "One `psi_3` is wrong"),
        (softmax_cases.same_class(), 1, "(e^z_i S - e^z_i)/S^2", "a factor $e^{z_{i}}$ is missing in the term $e^{z_{i}}$"),
        (GENERAL, 1, "psi_i + 3*psi_j^3", "Not equal to the left side"),
        (GENERAL, 2, "psi_i + 3*psi_j^3", "Not equal to the line before"),
        (GENERAL, 8, "-psi_i*psi_j", r"Right where $i \ne j$"),
        (GENERAL, 8, "psi_i*(delta_ij + psi_j)", "one of the signs"),
        (cross_entropy.logit_gradient_general(), 6, "psi_j - Delta_k", "has a value only in a sum"),
        (cross_entropy.logit_gradient_general(), 6, "psi_y - Delta_y", "Right where $j = y$"),
        (layers.second_weights(), 5, "(psi_nk - Delta_nk)/N*a2_nh", "over $n$"),
        (softmax.softmax_derivative(2, 1, 1), 5, "psi_1*(2 - psi_1)", "At one random point yours is"),
        (matrices.second_weights_matrix(), 3, "a2 @ G3", "do not fit"),
        (matrices.second_weights_matrix(), 3, "a2.T*G3", "Type `@`"),
    ],
)
def test_wrong_lines_get_a_hint(derivation, number, text, words):
    found = verdict(derivation, text, number)
    assert found.kind == "not equal" and words in found.message and found.latex


@pytest.mark.parametrize(
    "text", ["", "psi_i*", "foo", "1/0", "sum_q(psi_i)", "d(d(psi_i)/d(z_j))/d(z_j)", "psi_i = psi_j", None]
)
def test_what_cannot_be_read_is_no_wrong_line(text):
    found = verdict(GENERAL, text)
    assert found.kind == "not read" and found.message and not found.latex


def test_an_own_line_must_have_less_left_to_do_than_the_own_line_before():
    derivation = softmax.softmax_derivative_general()
    own = "exp(z_i)/S*(delta_ij - exp(z_j)/S)"
    assert verdict(derivation, own, 1).accepted
    assert verdict(derivation, "1*" + own, 2, before=own).kind == "no nearer"
    assert verdict(derivation, "psi_i*(delta_ij - exp(z_j)/S)", 2, before=own).accepted


def test_signs_brackets_and_cancelling_are_steps():
    derivation = cross_entropy.logit_gradient_general()
    assert verdict(derivation, "-(delta_yj - psi_j)", 5).kind == "no nearer"
    assert verdict(derivation, "psi_j - delta_yj", 5).line == 5
    assert verdict(derivation, "-1/psi_y*psi_y*(delta_yj - psi_j)", 4).kind == "no nearer"


@pytest.mark.parametrize(
    "derivation, before", [(matrices.first_weights_matrix(), "X^T"), (matrices.first_biases_matrix(), "1^T")]
)
def test_the_hidden_layer_ends_in_one_formula_of_the_whole_way_back(derivation, before):
    text = f"{before} @ (((psi-Delta)/N @ W2^T) * (z2>0))"
    assert verdict(derivation, text).line == len(derivation.steps)
    assert verdict(derivation, f"{before}[((ψ−Δ)/N · W2ᵀ) ∘ 1[z2>0]]").line == len(derivation.steps)
    assert verdict(derivation, f"{before} G2").line == 3
    assert "mask is missing" in check_line(derivation, 4, f"{before} @ ((psi-Delta)/N @ W2^T)").message
    assert "no penalty here" in verdict(derivation, f"{text} + 2λW1").message


def test_forms():
    derivation = layers.second_weights()
    read = derivation.reader.read
    assert form(derivation, "sum_n(a2_nh*psi_nk/N)") == form(derivation, "1/N*sum_n(psi_nk*a2_nh)")
    assert form(derivation, "sum_n(sum_m(psi_nm*a2_nh))") == form(derivation, "sum_m(sum_n(a2_nh*psi_nm))")
    assert form(derivation, "sum_n(psi_nk)") != form(derivation, "sum_m(psi_nm)")
    assert form(derivation, "psi_nk/psi_nk*N") != form(derivation, "N"), "nothing is cancelled"
    assert as_written(read("N + psi_nk").root) == as_written(read("psi_nk + N").root)
    assert as_written(read("-(N - psi_nk)").root) != as_written(read("psi_nk - N").root)
    assert left_to_do(read("d(J)/d(W2_hk)").root) > left_to_do(read("sum_n(psi_nk)").root) > left_to_do(read("N").root)


@pytest.mark.parametrize(
    "derivation, text, words",
    [
        (LOGIT, "psi_j - delta_yj", r"writes $\delta_{yj}$ as $\Delta_{j}$"),
        (LOGIT, "-delta_jy + psi_j", r"writes $\delta_{yj}$ as $\Delta_{j}$"),
        (LOGIT, "psi_j - (y == j)", r"writes $\delta_{yj}$ as $\Delta_{j}$"),
        (LOGIT, "psi_j - Delta_j", "This is the last line."),
        (GENERAL, "psi_j*(delta_ij - psi_i)", "The lesson writes it as"),
        (GENERAL, "delta_ij psi_j - psi_i psi_j", "The lesson writes it as"),
        (softmax_cases.same_class(), "psi_i - psi_i^2", "This is the last line."),
        (one_unit.one_weight(), "2x(a - t)(wx + b > 0)", "The lesson writes it as"),
        (layers.second_biases(), "sum_n(psi_nk - Delta_nk)/N", "This is the last line."),
        (matrices.second_biases_matrix(), "sum(psi - Delta, axis=0)/N", "This is the last line."),
    ],
)
def test_a_line_as_simple_as_the_last_one_ends_the_derivation_in_any_letters(derivation, text, words):
    found = verdict(derivation, text)
    assert found.accepted and words in found.end, found


@pytest.mark.parametrize(
    "derivation, text, words",
    [
        (LOGIT, "-(delta_yj - psi_j)", "The last line is shorter."),
        (LOGIT, "-1/psi_y*d(psi_y)/d(z_j)", "no derivative"),
        (LOGIT, "-1/psi_y*psi_y*(delta_yj - psi_j)", "The last line is shorter."),
        (GENERAL, "where(i == j, psi_i - psi_i^2, -psi_i psi_j)", "no separate cases"),
        (GENERAL, "(delta_ij e^z_i S - e^z_i e^z_j)/S^2", "no $S$ and no power of $e$"),
        (one_unit.one_weight(), "2x(max(0, z) - t)(z > 0)", "no maximum"),
        (matrices.second_weights_matrix(), "a2.T @ G3", "no $G^{(3)}$"),
        (matrices.first_weights_matrix(), "X.T @ G2", "no $G^{(2)}$"),
    ],
)
def test_where_a_right_line_is_not_the_last_it_is_said_what_the_last_one_lacks(derivation, text, words):
    found = verdict(derivation, text)
    assert found.accepted and not found.end, found
    assert words in what_the_last_line_lacks(derivation, 2, text)


@pytest.mark.parametrize(
    "column, text, words",
    [(1, "psi_1 - Delta_1", r"writes it as $\psi_{1} - 1$"), (2, "-(Delta_2 - psi_2)", r"The last line has no $\Delta$")],
)
def test_an_entry_of_the_label_is_read_where_the_classes_have_numbers(column, text, words):
    derivation = cross_entropy.logit_gradient(3, 1, column)
    found = check_line(derivation, len(derivation.steps), text)
    assert found.accepted == (column == 1) and words in found.message + found.end, found


@pytest.mark.parametrize(
    "derivation, text",
    [
        (layers.first_weights(), "Σ_n ∂J/∂z2_nh ∂z2_nh/∂W1_dh"),
        (layers.first_weights(), "sum_n(d(J)/d(z2_nh) * d(sum_l(X_nl W1_lh) + b1_h)/d(W1_dh))"),
        (layers.second_weights(), "sum_n(d(J)/d(z3_nk) d(z3_nk)/d(W2_hk))"),
        (layers.first_biases(), "sum_n(d(J)/d(z2_nh) d(z2_nh)/d(b1_h))"),
        (layers.hidden_gradient(), "sum_k(d(J)/d(z3_nk) d(z3_nk)/d(a2_nh)) d(a2_nh)/d(z2_nh)"),
        (layers.hidden_gradient(), "sum_k(d(J)/d(z3_nk) d(z3_nk)/d(z2_nh))"),
        (one_unit.one_weight(), "d(J)/d(z) d(z)/d(w)"),
        (cross_entropy.batch_gradient(), "sum_k(d(J)/d(psi_nk) d(psi_nk)/d(z3_nj))"),
        (LOGIT, "d(J)/d(psi_y) d(psi_y)/d(z_j)"),
    ],
)
def test_the_chain_rule_is_a_step_however_far_it_goes(derivation, text):
    left = derivation.texts[0]
    found = verdict(derivation, text)
    assert found.kind == "right", found
    again = verdict(derivation, f"1*{left}")
    assert again.kind == "no nearer", again
    back = verdict(derivation, left, before=text)
    assert back.kind == "no nearer", back


def test_no_line_of_the_lessons_goes_back_to_a_longer_derivative():
    for derivation in OF_EVERY_KIND:
        ways = [way_back(root) for root in derivation.roots if root is not None]
        assert ways == sorted(ways, reverse=True), derivation.name


def test_of_the_lines_of_the_lessons_only_one_before_the_last_is_as_simple():
    simple = [
        (derivation.name, number)
        for derivation in OF_EVERY_KIND
        for number, step in typed_lines(derivation)[:-1]
        if check_line(derivation, number, step.text).end
    ]
    assert simple == [("logit-gradient", 5)]
    for derivation in OF_EVERY_KIND:
        if numbers := [number for number, _ in typed_lines(derivation)]:
            ends = [number for number in numbers if (derivation.name, number) in simple]
            assert first_end(derivation) == (ends or numbers[-1:])[0]
        assert not derivation.texts[-1] or check_line(derivation, 1, derivation.texts[-1]).end == "This is the last line."
        assert not derivation.texts[0] or not check_line(derivation, 1, derivation.texts[0]).end


SPELLINGS = [
    r"\frac{\partial J}{\partial z^{(2)}}",
    "∂J/∂z⁽²⁾",
    "∂J/∂z^(2)",
    "dJ/dz^(2)",
    "dJ/dz2",
    "d(J)/d(z2)",
    "dz2",
    "G2",
    "G^(2)",
]


@pytest.mark.parametrize("gradient", SPELLINGS)
def test_a_gradient_that_is_typeset_is_read_in_every_derivation_and_exercise(gradient):
    logits, entry = gradient.replace("2", "3").replace("²", "³"), gradient
    assert verdict(matrices.first_weights_matrix(), f"X^T {gradient}").line == 3
    assert verdict(matrices.first_biases_matrix(), f"1^T {gradient}").line == 3
    assert verdict(matrices.second_weights_matrix(), f"a2^T {logits}").line == 3
    assert verdict(matrices.hidden_matrix(), f"({logits} W2^T)*(z2 > 0)").line == 3
    assert check_answer("backpropagation-dw1", f"X^T {gradient} + 2λW1").correct
    assert check_answer("backpropagation-side", f"a2^T {logits}").correct
    if entry.endswith("}"):
        entry = entry.replace("(2)}}", "(2)}_{nh}}")
    else:
        entry = entry[:-1] + "_nh)" if entry.endswith("z2)") else entry + "_nh"
    assert verdict(layers.first_weights(), f"sum_n(X_nd {entry})").line == 4, entry
    assert "without indices" in verdict(matrices.first_weights_matrix(), f"X^T {entry}").message


def test_the_sum_under_the_softmax_may_be_written_out_or_be_named():
    entry, cold = softmax.softmax_derivative(3, 1, 2), softmax.temperature()
    for derivation, text in (
        (GENERAL, "d(e^z_i/sum_k(e^z_k))/d(z_j)"),
        (entry, "d(e^z_1/sum_k(e^z_k))/d(z_2)"),
        (entry, "d(e^z_1/S)/d(z_2)"),
        (cold, "d(e^(z_i/T)/sum_k(e^(z_k/T)))/d(z_j)"),
    ):
        assert verdict(derivation, text).kind == "right", text


# Any text may be typed


HOSTILE = [
    "exp(" * 24 + "N" + ")" * 24,
    "sum_n(" * 20 + "psi_nj" + ")" * 20,
    "+".join(["d(J)/d(z3_nj)"] * 14),
    "sum_n(sum_k(sum_n(sum_k(d(J)/d(z3_nk)))))",
    "(psi_nj + Delta_nj + N + 1)^8*(psi_nj + N + Delta_nk)^8*(psi_nk + N)^8",
    "((psi_nj + 1/N)^8)^8",
    "1/(" * 20 + "N" + ")" * 20,
    "max(" * 20 + "N" + ", 1)" * 20,
    "mean(" * 24 + "N" + ")" * 24,
    "d(" * 20 + "J" + ")/d(z3_nj)" * 20,
    "diag(diag(N))",
    "max(0, k)",
    "psi_nj.T @ psi_nj",
    "N^-8*N^-8",
    "sqrt(0 - N)",
    "softmax(N)",
    "[" * 400,
    "\0",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_takes_long(text):
    with little_work():
        found = verdict(cross_entropy.batch_gradient(), text, 7)
    assert found.message and not found.accepted
