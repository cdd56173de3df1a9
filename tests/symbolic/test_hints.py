"""A wrong answer gets the most specific hint that applies."""

import re

import pytest

from nnlib.symbolic import check_answer


@pytest.mark.parametrize(
    ("exercise_id", "text", "hint"),
    [
        # sign and factors
        ("softmax-psi-1-z-2", "psi_1*psi_2", "sign"),
        ("softmax-compact", "psi_i*(psi_j - delta_ij)", "sign"),
        ("backpropagation-da2", "-dz3 @ W2.T", "sign"),
        ("softmax-compact", "2*psi_i*(delta_ij - psi_j)", "2 times too large"),
        ("backpropagation-side", "a2.T @ dz3*N", "`N` times too large"),
        ("gradient-check-central", "(J_plus - J_minus)/(2*h**2)", "factor `s` is missing"),
        ("softmax-temperature", "-psi_1/T", "factor `psi_2` is missing"),
        ("forward-uniform-loss", "K*log(K)", "`K` times too large"),
        ("backpropagation-db1", "4*sum(dz2, axis=0)/3", "times 4/3"),
        ("backpropagation-dx", "-dz2 @ W1.T/2", "factor 2 is missing. Also check the sign"),
        # transposes and shapes
        ("backpropagation-dw2", "(psi - Delta).T @ a2/N", "transpose"),
        ("backpropagation-dx", "W1 @ dz2.T", "transpose"),
        ("backpropagation-dw2", "(psi - Delta).T @ a2/N + 2*lam*W2", r"K×H \+ H×K.*transposed"),
        ("backpropagation-dw2", "a2 @ (psi - Delta)/N", "N×H @ N×K do not fit: the inner sizes H and N differ"),
        ("backpropagation-dw2", "psi", "yours is N×K, and it should be H×K"),
        ("backpropagation-dz3", "sum(psi - Delta, axis=0)/N", r"yours is a row of K numbers, and it should be N×K"),
        ("backpropagation-db1", "sum(X, axis=0)", r"\$X\$ is not among the names here"),
        ("forward-penalty", "lam*(W1**2 + W2**2)", r"D×H \+ H×K"),
        ("forward-penalty", "lam*sum(sum(W1, axis=1), axis=0)/3", "yours is"),
        ("backpropagation-db2", "sum((psi - Delta).T, axis=1)/N", "transpose.*`.T` for"),
        # sums
        ("backpropagation-db1", "dz2*1", "bias collects"),
        ("backpropagation-dz3", "sum(psi - Delta)/N", r"yours is a number.*You added up all entries\.$"),
        ("backpropagation-db2", "sum((psi - Delta)/N**2*N)", "adds everything to one number"),
        ("forward-penalty", "sum(W1, axis=1)", "right axis"),
        ("backpropagation-db2", "sum(psi, axis=1)/N", "right axis"),
        # λ
        ("backpropagation-dw1", "X.T @ dz2 + 3*lam*W1", "term with λ"),
        ("backpropagation-dw1", "2*lam*W1 + 2*X.T @ dz2", "term with λ is right. In the rest, yours is 2 times"),
        ("backpropagation-dw1", "-X.T @ dz2", "λ is missing.*the sign"),
        ("backpropagation-dw1", "2*lam*W1", "term with λ is right"),
        # indices and cases
        ("softmax-log", "delta_ij - psi_i*psi_j/psi_j", "index"),
        ("backpropagation-sign", "psi_y - Delta_j", "j"),
        ("softmax-compact", "psi_j*(delta_ij - psi_j)", r"\$\{i = j\}\$, but not where \$\{i \\ne j\}\$"),
        ("softmax-compact", "max(psi_i, psi_j)*(delta_ij - psi_j)", r"\$\{i = j\}\$, but not where \$\{i \\ne j\}\$"),
        ("softmax-psi-1-z-1", "psi_2*(1 - psi_2)", "swapped"),
        # numbers
        ("forward-parameters", "D*H + H*K + H + K + 1", "always 1 too large"),
        ("gradient-check-he", "2.001/n", "round"),
        ("forward-uniform-loss", "2.3", "`K` = 2, yours is 2.3. It should be 0.6931"),
        ("softmax-psi-1-z-2", "-psi_1*psi_3", "`psi_2` = 0.7, `psi_3` = 0.1, yours is −0.02. It should be −0.14"),
        ("backpropagation-penalty", "2*lam*abs(W2)", "row 1, column"),
        ("backpropagation-db2", "sum(psi, axis=0)/N", "entry 1"),
        ("forward-parameters", "1000*D", "yours is 2000. It should be 29"),
        ("softmax-two-classes", "1/(1 + exp(d))", "a large .x. should make"),
        ("forward-parameters", "D*(1e9**8)**6", "yours is more than 10³⁰⁰. It should be 29"),
        ("forward-parameters", "-exp(exp(exp(D)))**8", "yours is less than −10³⁰⁰. It should be 29"),
        ("forward-parameters", "5e3*1e9*(1e9**8)**4", "yours is more than 10³⁰⁰"),
        ("softmax-temperature", "-psi_1*(1 - psi_2)/T", "should be"),
        ("gradient-check-depth", "sigma**2", "`F` = 3"),
        ("softmax-shift", "z_1/(z_1 + z_2 + z_3)", "should be"),
        ("softmax-temperature", "0", "^With .* yours is 0. It should be"),
        # far from ordinary numbers
        ("forward-two-examples", "-(log(max(p_1, 1/2000)) + log(p_2))/2", "right at ordinary numbers.*It should be"),
        ("gradient-check-missing-n", "1 + 1/max(-N, -1e9*1e9)", "yours is close to 1, but not equal"),
        ("backpropagation-dz3", "(psi - Delta)/max(N, 8)", "right in ordinary networks, but not with N = 1 "),
        # signs
        ("forward-z2", "W1 X", "D×H @ N×D do not fit"),
        ("forward-z2", "(X @ W1)b1", "N×H @ a row of H numbers do not fit|should be N×H"),
        ("forward-z2", "W1^T X + b1", "H×D @ N×D do not fit"),
        ("backpropagation-dz2", "(psi - Delta)/N W2ᵀ·(z2 < 0)", "wrong way round"),
        ("forward-z2", "X*W1 + b1", "Type `@` for the product of two matrices"),
        ("backpropagation-dz2", "(psi - Delta)/N @ W2.T*z2 > 0", r"brackets of its own: `\(z2 > 0\)`"),
        # other ways of writing
        ("gradient-check-he", "n'", "derivative has a name of its own"),
        # no value
        ("softmax-compact", "psi_i/(psi_i - psi_j)", "divides by zero.*defined everywhere"),
    ],
)
def test_the_hint_names_the_mistake(exercise_id, text, hint):
    answer = check_answer(exercise_id, text)
    assert not answer.correct
    assert re.search(hint, answer.message), answer.message


@pytest.mark.parametrize("factor", ["(2 - 3*delta_ij)", "(2 + delta_ij)"])
def test_a_factor_that_differs_between_the_cases_is_no_factor(factor):
    message = check_answer("softmax-log", f"(delta_ij - psi_j)*{factor}").message
    assert "sign" not in message and "times" not in message


def test_no_hint_about_a_factor_reveals_a_numeric_answer():
    assert "times" not in check_answer("gradient-check-missing-two", "1/8").message
    assert "lam" not in check_answer("gradient-check-missing-two", "lam").message
    assert "0.5" not in check_answer("gradient-check-missing-two", "50").message


def test_a_hint_names_the_value_of_the_activations():
    assert "`a2` is already" in check_answer("backpropagation-tanh", "da2*(1 - tanh(z2)**2)").message
    assert "already" not in check_answer("forward-z2", "tanh(X)").message


@pytest.mark.parametrize("exercise_id", ["backpropagation-dz3", "backpropagation-db2"])
def test_an_answer_of_0_gets_no_hint_about_sums(exercise_id):
    assert "add" not in check_answer(exercise_id, "0").message


@pytest.mark.parametrize(
    ("exercise_id", "text"),
    [
        ("gradient-check-missing-n", "abs(1 - N)/max(1, N)"),
        ("gradient-check-missing-n", "(N - 1)/N"),
        ("forward-uniform-loss", "abs(log(1/K))"),
    ],
)
def test_an_answer_right_for_every_possible_number_is_right(exercise_id, text):
    assert check_answer(exercise_id, text).correct
