"""Formulas are read as on paper, and errors say what to type instead."""

import re

import pytest

from nnlib.symbolic.answers.formula import FormulaError
from nnlib.symbolic.answers.grammar import LONGEST, parse

NAMES = ("psi_i", "psi_j", "delta_ij", "psi", "Delta", "a2", "z2", "W2", "dz3", "lam", "sigma", "N", "h", "J_plus", "J_minus")


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        ("psi_i*(1 - psi_j)", r"\psi_{i} \left(1 - \psi_{j}\right)"),
        ("psi_i*(delta_ij - psi_j)", r"\psi_{i} \left(\delta_{ij} - \psi_{j}\right)"),
        ("a2.T @ (psi - Delta)/N", r"\frac{a^{(2)\top} \left(\psi - \Delta\right)}{N}"),
        ("2*lam*W2", r"2 \lambda W^{(2)}"),
        ("dz3 @ W2.T * (z2 > 0)", r"\frac{\partial J}{\partial z^{(3)}} W^{(2)\top} \circ \mathbf{1}\left[z^{(2)} > 0\right]"),
        ("dz3.T", r"\left(\frac{\partial J}{\partial z^{(3)}}\right)^{\top}"),
        ("(J_plus - J_minus)/(2*h)", r"\frac{J_{+} - J_{-}}{2 h}"),
        ("(J_plus - J_minus)/2*h", r"\frac{J_{+} - J_{-}}{2} h"),
        ("-psi_i*psi_j", r"-\psi_{i} \psi_{j}"),
        ("psi_i*-psi_j", r"\psi_{i} \left(-\psi_{j}\right)"),
        ("psi_i - (psi_j - 1)", r"\psi_{i} - \left(\psi_{j} - 1\right)"),
        ("psi_i - psi_j - 1", r"\psi_{i} - \psi_{j} - 1"),
        ("2*3", r"2 \cdot 3"),
        ("h*(psi_i*psi_j)", r"h \left(\psi_{i} \psi_{j}\right)"),
        ("h*psi_i**2", r"h \psi_{i}^{2}"),
        ("where(h > 0, h, 0)", r"\begin{cases} h & \text{if } h > 0 \\ 0 & \text{otherwise} \end{cases}"),
        ("W2**2", r"\left(W^{(2)}\right)^{2}"),
        ("N*sigma**2/2", r"\frac{N \sigma^{2}}{2}"),
        ("sum(psi - Delta, axis=0)", r"\sum_{\text{rows}} \left(\psi - \Delta\right)"),
        ("log(N)", r"\log\left(N\right)"),
        ("ln(N)", r"\log\left(N\right)"),
        ("sum(W2**2)", r"\lVert W^{(2)} \rVert^{2}"),
        ("sum((a2 @ W2)**2)/N", r"\frac{\lVert a^{(2)} W^{(2)} \rVert^{2}}{N}"),
        ("sum(W2)**2", r"\left(\sum W^{(2)}\right)^{2}"),
        ("sum(W2**2, axis=0)", r"\sum_{\text{rows}} \left(W^{(2)}\right)^{2}"),
        ("50%", r"\frac{50}{100}"),
        ("exp(-h)", "e^{-h}"),
        ("sqrt(2/N)", r"\sqrt{\frac{2}{N}}"),
        ("max(0, z2)", r"\max\left(0, z^{(2)}\right)"),
        ("0.5*h", "0.5 h"),
    ],
)
def test_it_is_written_as_it_was_read(text, latex):
    assert parse(text, NAMES).latex == latex


@pytest.mark.parametrize(
    ("pasted", "typed"),
    [
        ("ψ − Δ", "psi - Delta"),
        ("2·λ·W2", "2*lam*W2"),
        ("2×λ×W2", "2*lam*W2"),
        ("a2ᵀ @ ψ", "a2.T @ psi"),
        ("a2^T @ psi", "a2.T @ psi"),
        ("a2**T @ psi", "a2.T @ psi"),
        ("ψᵢ*(δᵢⱼ − ψⱼ)", "psi_i*(delta_ij - psi_j)"),
        ("ψ_i*(δ_ij − ψ_j)", "psi_i*(delta_ij - psi_j)"),
        ("σ²", "sigma**2"),
        ("h^2", "h**2"),
        ("  h\t*\u00a0h ", "h*h"),
        ("dz3 ∘ psi ⊙ psi", "dz3*psi*psi"),
        ("z2 ≥ 0", "z2 >= 0"),
    ],
)
def test_symbols_of_the_page_may_be_pasted(pasted, typed):
    assert parse(pasted, NAMES).root == parse(typed, NAMES).root


@pytest.mark.parametrize(
    ("text", "same_as"),
    [
        # products side by side
        ("2λW2", "2*lam*W2"),
        ("2 lam W2", "2*lam*W2"),
        ("lamW2", "lam*W2"),
        ("lambda W2", "lam*W2"),
        ("psi_ipsi_j", "psi_i*psi_j"),
        ("ψᵢψⱼ", "psi_i*psi_j"),
        ("psi_i(1 - psi_j)", "psi_i*(1 - psi_j)"),
        ("(1 - psi_i)(1 - psi_j)", "(1 - psi_i)*(1 - psi_j)"),
        ("a2 W2", "a2 @ W2"),
        ("a2W2", "a2 @ W2"),
        ("a2·W2", "a2 @ W2"),
        ("a2ᵀψ", "a2.T @ psi"),
        ("a2T psi", "a2.T @ psi"),
        ("a2^Tpsi", "a2.T @ psi"),
        ("2 lam W2 - a2.T dz3/N", "2*lam*W2 - (a2.T @ dz3)/N"),
        ("dz3 W2ᵀ ∘ (z2 > 0)", "(dz3 @ W2.T)*(z2 > 0)"),
        ("(z2 > 0) ∘ dz3 W2ᵀ", "(z2 > 0)*(dz3 @ W2.T)"),
        ("dz3 @ W2.T 1{z2 > 0}", "(dz3 @ W2.T)*(z2 > 0)"),
        ("1/N a2ᵀ dz3", "1/N*a2.T @ dz3"),
        ("1/2 log(h)", "1/2*log(h)"),
        ("½h", "(1/2)*h"),
        # scripts
        ("W^(2)", "W2"),
        ("W^{(2)}", "W2"),
        ("a⁽²⁾ᵀ @ ψ", "a2.T @ psi"),
        ("a^(2)^T @ psi", "a2.T @ psi"),
        ("W_2 + W₂", "W2 + W2"),
        ("psi_{i}psi_{j}", "psi_i*psi_j"),
        ("δ_{i,j} - psij", "delta_ij - psi_j"),
        ("J_+ - J_{-}", "J_plus - J_minus"),
        ("psi^(2)", "psi**2"),
        ("h⁻¹", "h**-1"),
        ("∂J/∂z⁽³⁾ @ W2.T", "dz3 @ W2.T"),
        ("dJ/dz3", "dz3"),
        ("a2'", "a2.T"),
        # functions as on paper
        ("e^h", "exp(h)"),
        ("e^{-h}", "exp(-h)"),
        ("2e^(h/2)", "2*exp(h/2)"),
        ("log h /2", "log(h)/2"),
        ("ln psi_i - ln psi_j", "log(psi_i) - log(psi_j)"),
        ("|h|", "abs(h)"),
        ("|psi_i - |psi_j||", "abs(psi_i - abs(psi_j))"),
        ("|h||psi_i|", "abs(h)*abs(psi_i)"),
        ("‖W2‖²", "sum(W2**2)"),
        ("||W2||_F^2", "sum(W2**2)"),
        ("‖W2‖", "sqrt(sum(W2**2))"),
        ("√h", "sqrt(h)"),
        ("h^(1/2)", "sqrt(h)"),
        ("max{0, z2}", "max(0, z2)"),
        ("psi_i*(i == j)", "psi_i*delta_ij"),
        ("1{i = j} - psi_j", "delta_ij - psi_j"),
        ("(i ≠ j)", "1 - delta_ij"),
        ("1[z2 > 0]*a2", "(z2 > 0)*a2"),
        # NumPy and PyTorch
        ("np.exp(h)", "exp(h)"),
        ("np.sum(psi - Delta, 0)/N", "sum(psi - Delta, axis=0)/N"),
        ("np.sum(psi, axis=1, keepdims=True)", "sum(psi, axis=1)"),
        ("dz3.sum(0)", "sum(dz3, axis=0)"),
        ("dz3.sum(dim=0)", "sum(dz3, axis=0)"),
        ("dz3.mean(axis=0)", "mean(dz3, axis=0)"),
        ("np.dot(a2.T, psi)", "a2.T @ psi"),
        ("a2.T.dot(psi)", "a2.T @ psi"),
        ("torch.mm(a2.t(), psi)", "a2.T @ psi"),
        ("np.maximum(z2, 0)", "max(z2, 0)"),
        ("z2.clamp(min=0)", "max(z2, 0)"),
        ("np.where(z2 > 0, z2, 0)", "where(z2 > 0, z2, 0)"),
        ("(z2 > 0).astype(float)*a2", "(z2 > 0)*a2"),
        ("torch.norm(W2)**2", "sum(W2**2)"),
        ("np.square(W2).sum()", "sum(W2**2)"),
        ("F.softmax(psi, dim=1)", "softmax(psi)"),
        # around a formula
        ("= 2*lam*W2.", "2*lam*W2"),
        ("$psi$", "psi"),
        ("psi – Delta", "psi - Delta"),
        ("ψ\u200b − Δ\u200b", "psi - Delta"),
        ("（psi − Delta）／N", "(psi - Delta)/N"),
        ("psi_i[1 - psi_j]", "psi_i*(1 - psi_j)"),
    ],
)
def test_a_formula_may_be_typed_as_on_paper_and_as_in_code(text, same_as):
    assert parse(text, NAMES).root == parse(same_as, NAMES).root


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("psi/2N", ["psi/(2N)", "(psi/2) N"]),
        ("psi / 2 N", ["psi/(2 N)", "(psi/2) N"]),
        ("1/2(psi - Delta)", ["1/(2(psi - Delta))", "(1/2) (psi - Delta)"]),
        ("-log 1/N", ["log(1/N)", "log(1)/N"]),
        ("log h psi_i", ["log(h psi_i)", "log(h) psi_i"]),
        ("e^2h", ["exp(2 h)", "exp(2) h"]),
    ],
)
def test_a_text_that_can_be_read_in_two_ways_is_asked_about(text, readings):
    with pytest.raises(FormulaError, match="read in two ways") as error:
        parse(text, NAMES)
    assert re.findall("`([^`]*)`", str(error.value)) == readings
    for reading in readings:
        parse(reading, NAMES)


OF_A_DERIVATION = ("psi_k", "z_k", "psi_i", "psi_j", "z_i", "z_j", "S", "delta_ij", "delta_kj", "K", "Delta_k", "W2_hk")


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        ("sum_k(psi_k*z_k)", r"\sum_{k} \psi_{k} z_{k}"),
        ("Σ_k ψ_k z_k", r"\sum_{k} \psi_{k} z_{k}"),
        ("sum(psi_k*z_k, k)", r"\sum_{k} \psi_{k} z_{k}"),
        ("-∑_{k=1}^{K} Δ_k log ψ_k", r"-\sum_{k} \Delta_{k} \log\left(\psi_{k}\right)"),
        ("sum_k(psi_k) z_j", r"\left(\sum_{k} \psi_{k}\right) z_{j}"),
        ("Σ_k ψ_k (δ_kj − ψ_j) + z_j", r"\sum_{k} \psi_{k} \left(\delta_{kj} - \psi_{j}\right) + z_{j}"),
        ("e^z_i/Σ_k e^z_k", r"\frac{e^{z_{i}}}{\sum_{k} e^{z_{k}}}"),
        ("∂ψ_i/∂z_j", r"\frac{\partial \psi_{i}}{\partial z_{j}}"),
        ("d(psi_i)/d(z_j)", r"\frac{\partial \psi_{i}}{\partial z_{j}}"),
        ("dψ_i/dz_j", r"\frac{\partial \psi_{i}}{\partial z_{j}}"),
        ("∂(exp(z_i)/S)/∂z_j", r"\frac{\partial}{\partial z_{j}} \left(\frac{e^{z_{i}}}{S}\right)"),
        ("∂/∂z_j (exp(z_i)/S)", r"\frac{\partial}{\partial z_{j}} \left(\frac{e^{z_{i}}}{S}\right)"),
        ("1/S ∂S/∂z_j", r"\frac{1}{S} \frac{\partial S}{\partial z_{j}}"),
        ("d log(psi_i)/dz_j", r"\frac{\partial \log\left(\psi_{i}\right)}{\partial z_{j}}"),
        ("Σ_k ∂ψ_k/∂z_j W2_hk", r"\sum_{k} \frac{\partial \psi_{k}}{\partial z_{j}} W^{(2)}_{hk}"),
    ],
)
def test_a_derivation_may_have_sums_over_an_index_and_derivatives(text, latex):
    assert parse(text, OF_A_DERIVATION, calculus=True).latex == latex
    with pytest.raises(FormulaError, match="cannot be typed here|Type `sum"):
        parse(text, OF_A_DERIVATION)


@pytest.mark.parametrize("opening", ["Σ_k ", "∂", "d ", "√", "log ", "e^", "∂/∂z_i ", "sum_k("])
def test_parts_may_not_be_nested_without_end(opening):
    with pytest.raises(FormulaError, match="Write it with fewer|a few terms|derivative as"):
        parse(opening * (290 // len(opening)) + "z_i", OF_A_DERIVATION, calculus=True)


@pytest.mark.parametrize("text", ["∂ψ_i", "∂/∂z_j", "∂ψ_i/z_j", "∂ψ_i/∂(z_j + 1)", "Σ_k", "sum_k()"])
def test_half_a_derivative_or_sum_is_not_read(text):
    with pytest.raises(FormulaError, match="derivative as `d|not complete"):
        parse(text, OF_A_DERIVATION, calculus=True)


@pytest.mark.parametrize(
    ("method", "function"),
    [
        ("dz3.sum(axis=0)", "sum(dz3, axis=0)"),
        ("(psi - Delta).sum( axis = 1 )/N", "sum(psi - Delta, axis=1)/N"),
        ("dz3.T.sum()", "sum(dz3.T)"),
        ("sum(dz3, axis=0).sum()", "sum(sum(dz3, axis=0))"),
    ],
)
def test_a_sum_sign_may_follow_its_terms(method, function):
    assert parse(method, NAMES).root == parse(function, NAMES).root


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Psi_i", "psi_i"),
        ("psi - DELTA", "psi - Delta"),
        ("w2*n", "W2*N"),
        ("Sum(psi, axis=0)", "sum(psi, axis=0)"),
        ("Exp(h) + Ln(h)", "exp(h) + log(h)"),
    ],
)
def test_automatic_capitals_of_a_phone_are_read_as_lower_case(typed, meant):
    assert parse(typed, NAMES).root == parse(meant, NAMES).root


def test_ambiguous_capitals_are_not_guessed():
    assert parse("n/N", ("n", "N")).names == {"n", "N"}
    with pytest.raises(FormulaError, match="do not know `AB`. Did you mean `aB`"):
        parse("AB", ("aB", "Ab"))


def test_an_exercise_may_add_a_remark_about_a_name():
    with pytest.raises(FormulaError, match="is there already"):
        parse("Tanh(h)", NAMES, {"tanh": "It is there already."})


def test_a_name_T_is_a_temperature_where_the_exercise_has_one():
    assert parse("h/T**2", ("h", "T")).names == {"h", "T"}


@pytest.mark.parametrize(
    ("text", "instead"),
    [
        ("", "Type a formula"),
        ("h & 2", "`&` is not allowed"),
        ("phi", r"Did you mean `psi`\?.*`psi_i`, `psi_j`"),
        ("delta", r"Did you mean `Delta`|`delta_ij`"),
        ("dW2 = 2*lam*W2", "equals sign"),
        ("psi == 1", "equals sign"),
        ("np.tanh(z2)", "do not know `tanh`"),
        ("dz3.sum", "needs brackets"),
        ("dz3.sum(axis=2)", r"`sum\(x, axis=1\)`"),
        ("dz3.sum(psi)", r"`sum\(x, axis=0\)`"),
        (".sum()", "after what"),
        ("dz3 + .sum()", "after what"),
        ("dz3.max(psi, axis=0)", r"`max\(0, x\)`"),
        ("psi.real", r"`x\.sum\(axis=0\)`"),
        ("a2.t", r"`A\.T`"),
        ("2**N", "whole number"),
        ("h**9", "−8 to 8"),
        ("h**-9", "−8 to 8"),
        ("(h**8)**8*h", "too high"),
        ("psi // 2", "one `/`"),
        ("psi % 2", "`/`"),
        ("50% + 1", "whole answer"),
        ("1.2.3%", "missing"),
        ("'psi'", "not complete"),
        ("h'", r"`A\.T`"),
        ("1,5", r"`0\.5`"),
        ("psi[0]", "names of their own"),
        (r"\begin{cases} h \end{cases}", "Two cases"),
        (r"\frac{1}", "two parts"),
        (r"\frac{1}{h", "not closed"),
        ("sum(psi, axis=2)", r"`sum\(x, axis=1\)`"),
        ("sum(psi, axis=0 + 1)", "not complete"),
        ("exp", r"`exp\(x\)`"),
        ("max(h)", r"`max\(0, x\)`"),
        ("(h", "not closed"),
        ("((h", "2 brackets"),
        ("h)", "never opened"),
        ("h +", "missing term"),
        ("1e99", "digits"),
        ("3.1415926535897932", "digits"),
        ("007", "`7`"),
        ("0 < h < 1", "one comparison"),
        ("h\nh", "one line"),
        ("рsi", "cyrillic small letter er"),
        ("psi\u202e", "right-to-left override"),
        ("h" * (LONGEST + 1), "at most 300"),
        ("+".join(["h"] * 100), "too long"),
        ("(" * 26 + "h" + ")" * 26, "25 deep"),
        (None, "as text"),
        (3, "as text"),
    ],
)
def test_the_error_for_unreadable_text_says_what_to_type(text, instead):
    with pytest.raises(FormulaError, match=instead):
        parse(text, NAMES)


def test_decimals_are_exact():
    tenth = parse("0.1", ()).root.value
    assert tenth * 10 == 1


def test_the_bounds_themselves_are_allowed():
    assert parse("(" * 25 + "h" + ")" * 25, NAMES).names == {"h"}
    assert parse("h**8 + h**-8", NAMES).names == {"h"}
    assert parse("(h**8)**8", NAMES).names == {"h"}
    assert parse("h" + " " * (LONGEST - 2) + "\n", NAMES).names == {"h"}
