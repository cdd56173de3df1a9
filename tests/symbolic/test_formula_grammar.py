"""What is typed is read as on paper, and what cannot be read is answered with what to type instead."""

import pytest

from nnlib.symbolic.formula import FormulaError
from nnlib.symbolic.grammar import LONGEST, parse

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
        ("W2**2", r"\left(W^{(2)}\right)^{2}"),
        ("N*sigma**2/2", r"\frac{N \sigma^{2}}{2}"),
        ("sum(psi - Delta, axis=0)", r"\sum_{\text{rows}} \left(\psi - \Delta\right)"),
        ("log(N)", r"\log\left(N\right)"),
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


def test_a_name_T_is_a_temperature_where_the_exercise_has_one():
    assert parse("h/T**2", ("h", "T")).names == {"h", "T"}


@pytest.mark.parametrize(
    ("text", "instead"),
    [
        ("", "Type a formula"),
        ("2lam", r"missing between `2` and `lam`"),
        ("2 lam", r"missing between `2` and `lam`"),
        ("lam W2", r"missing between `lam` and `W2`"),
        ("(1)(2)", r"missing"),
        ("a2.T psi", r"missing"),
        ("lamW2", r"`lam\*W2`"),
        ("psi_i(1 - psi_j)", r"`psi_i\*\(`"),
        ("phi", r"Did you mean `psi`\?.*`psi_i`, `psi_j`"),
        ("Psi", r"Did you mean `psi`"),
        ("delta", r"Did you mean `Delta`|`delta_ij`"),
        ("lambda*W2", "`lam`"),
        ("dW2 = 2*lam*W2", "equals sign"),
        ("psi == 1", "equals sign"),
        ("np.exp(h)", r"Leave out `np\.`"),
        ("numpy.sum(psi)", r"Leave out `numpy\.`"),
        ("transpose(a2)", r"`a2\.T`"),
        ("dot(a2, psi)", "`@`"),
        ("a2.t", "`.T`"),
        ("a2'", r"`\.T`"),
        ("mean(psi)", "/N"),
        ("ln(N)", r"`log\(x\)`"),
        ("e**h", r"`exp\(x\)`"),
        ("h**0.5", r"sqrt\(x\)"),
        ("h**(1/2)", r"sqrt\(x\)"),
        ("2**N", "whole number"),
        ("h**9", "−8 to 8"),
        ("h**-9", "−8 to 8"),
        ("(h**8)**8*h", "too high"),
        ("psi // 2", "one `/`"),
        ("psi % 2", "`/`"),
        ("'psi'", "quotes|transpose"),
        ("1,5", r"`0\.5`"),
        ("psi[0]", "round brackets"),
        (r"\psi", "backslash"),
        ("psi_{i}", "curly"),
        ("|h|", r"`abs\(x\)`"),
        ("sum(psi, axis=2)", r"`sum\(x, axis=1\)`"),
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
def test_what_cannot_be_read_is_told_what_to_type(text, instead):
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
