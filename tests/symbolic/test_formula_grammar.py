"""Formulas are read as on paper, and errors say what to type instead."""

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
        ("where(h > 0, h, 0)", r"\operatorname{where}\left(\mathbf{1}\left[h > 0\right], h, 0\right)"),
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
        ("2lam", r"missing between `2` and `lam`"),
        ("2 lam", r"missing between `2` and `lam`"),
        ("lam W2", r"missing between `lam` and `W2`"),
        ("2λW2", r"missing between `2` and `lam`.*`2\*lam\*W2`"),
        ("λW2", r"missing between `lam` and `W2`.*`lam\*W2`"),
        ("a2ᵀψ", "missing between `.T` and `psi`"),
        ("(1)(2)", r"missing"),
        ("a2.T psi", r"missing"),
        ("lamW2", r"`lam\*W2`"),
        ("psi_i(1 - psi_j)", r"`psi_i\*\(…\)`"),
        ("phi", r"Did you mean `psi`\?.*`psi_i`, `psi_j`"),
        ("delta", r"Did you mean `Delta`|`delta_ij`"),
        ("lambda*W2", "`lam`"),
        ("dW2 = 2*lam*W2", "equals sign"),
        ("psi == 1", "equals sign"),
        ("np.exp(h)", r"Leave out `np\.`: type `exp\(x\)`"),
        ("numpy.sum(psi)", r"Leave out `numpy\.`: type `sum\(x, axis=0\)`"),
        ("Np.log(h)", r"type `log\(x\)`"),
        ("np.maximum(0, z2)", r"`max\(0, x\)`"),
        ("np.tanh(z2)", r"Leave out `np\.`"),
        ("dz3.sum", "needs brackets"),
        ("dz3.sum(axis=2)", r"`sum\(x, axis=1\)`"),
        ("dz3.sum(psi)", r"`sum\(x, axis=0\)`"),
        (".sum()", "what is before it|missing term"),
        ("dz3 + .sum()", "what is before it"),
        ("dz3.mean(axis=0)", "/N"),
        ("a2.dot(psi)", "`@`"),
        ("sum(psi, axis=1, keepdims=True)", "Leave out `keepdims`"),
        ("psi.real", r"`\.sum\(axis=0\)`"),
        ("transpose(a2)", r"`A\.T`"),
        ("dot(a2, psi)", "`@`"),
        ("a2.t", "`.T`"),
        ("a2'", r"`\.T`"),
        ("mean(psi)", "/N"),
        ("e**h", r"`exp\(x\)`"),
        ("h**0.5", r"sqrt\(x\)"),
        ("h**(1/2)", r"sqrt\(x\)"),
        ("2**N", "whole number"),
        ("h**9", "−8 to 8"),
        ("h**-9", "−8 to 8"),
        ("(h**8)**8*h", "too high"),
        ("psi // 2", "one `/`"),
        ("psi % 2", "`/`"),
        ("50% + 1", "whole answer"),
        ("1.2.3%", "missing"),
        ("'psi'", "quotes|transpose"),
        ("1,5", r"`0\.5`"),
        ("psi[0]", "round brackets"),
        (r"\psi", "backslash"),
        ("psi_{i}", "curly"),
        ("|h|", r"`abs\(x\)`"),
        ("sum(psi, axis=2)", r"`sum\(x, axis=1\)`"),
        ("sum(psi, axis=0 + 1)", r"`sum\(x, axis=1\)`"),
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
        ("psi\u200b", "zero width space"),
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
