"""What the pages, the summary and the solutions typeset can be typed: as LaTeX, and in the characters of the screen."""

import re

import pytest

from nnlib.symbolic import check_answer, derivations, exercises, read_back
from nnlib.symbolic.answers.evaluation import Work
from nnlib.symbolic.answers.formula import FormulaError, Name
from nnlib.symbolic.answers.grammar import parse
from nnlib.symbolic.derivation.line_values import close, values_of
from nnlib.symbolic.derivation.printing import latex
from nnlib.symbolic.exercise.variants import variants_of
from nnlib.symbolic.solution import solution_latex
from nnlib.symbolic.summary import summary
from nnlib.symbolic.symbols import SYMBOLS, symbol_latex
from tests.symbolic.on_screen import characters

WITH_VARIANTS = [each for exercise in exercises() for each in (exercise, *variants_of(exercise))]
DERIVATIONS = derivations(2)


@pytest.mark.parametrize("lesson", ["forward", "softmax", "backpropagation", "gradient_check", "convolution"])
def test_every_solution_can_be_typed_as_it_is_typeset(lesson):
    for exercise in [each for each in WITH_VARIANTS if each.lesson == lesson]:
        for text in {read_back(exercise.id, exercise.solution), solution_latex(exercise)}:
            for copied in (text,) if "~" in exercise.id else (f"$$ {text} $$", characters(text)):
                answer = check_answer(exercise.id, copied)
                assert answer.correct, (exercise.id, copied, answer.message)


def test_every_symbol_of_an_exercise_can_be_typed_as_it_is_typeset():
    for exercise in WITH_VARIANTS:
        for name in exercise.names:
            for copied in (symbol_latex(name), characters(symbol_latex(name))):
                assert parse(copied, exercise.names, written=exercise.written).root == Name(name), (exercise.id, copied)


@pytest.mark.parametrize(
    "text",
    [
        "1ᵀ dz2",
        "1^T dz2",
        "1^T @ dz2",
        "𝟏ᵀ dz2",
        "𝟏ᵀ ∂J/∂z⁽²⁾",
        "1.T @ dz2",
        "ones.T @ dz2",
        r"\mathbf{1}^\top \frac{\partial J}{\partial z^{(2)}}",
        r"\mathbf 1^{\top} dz_2",
        r"\mathbb{1}^T dz2",
        "np.ones(N) @ dz2",
        "np.ones((1, N)) @ dz2",
        "np.ones((N, 1)).T @ dz2",
        "(dz2ᵀ 𝟏)ᵀ",
        "Σ_n (dz2)_n",
        r"\sum_{n=1}^{N} \left(\frac{\partial J}{\partial z^{(2)}}\right)_n",
        r"\sum_{\text{rows}} dz2",
        r"N \operatorname{mean}_{\text{rows}} dz2",
    ],
)
def test_a_sum_over_the_batch_has_many_forms(text):
    assert check_answer("backpropagation-db1", text).correct, check_answer("backpropagation-db1", text).message


@pytest.mark.parametrize(
    "text", ["1 dz2", "1ᵀ @ dz2ᵀ", "ones @ dz2", "dz2 @ ones", "np.ones(3) @ dz2", "2ᵀ dz2", "Σ_k (dz2)_k"]
)
def test_other_products_with_ones_are_not_the_sum_over_the_batch(text):
    assert not check_answer("backpropagation-db1", text).correct


def test_where_there_is_no_column_of_ones_the_message_names_the_sum():
    for text in ("1ᵀ dz3", "ones.T @ dz3", r"\mathbf{1}^\top dz3"):
        assert "`sum(x, axis=0)`" in check_answer("backpropagation-da2", text).message


@pytest.mark.parametrize(
    "text",
    [
        "𝑊\n(\n2\n)\nW \n(2)\n ",
        "(𝜓−Δ)/𝑁(ψ−Δ)/N",
        "𝑑𝑑𝑥log\u2061𝑓(𝑥)dxd\u200b logf(x)",
    ],
)
def test_what_a_browser_copies_from_the_screen_is_named(text):
    assert "copied from the screen" in check_answer("backpropagation-dz3", text).message
    assert "copied" not in check_answer("backpropagation-dz3", "(𝜓 − 𝛥)/𝑁").message


@pytest.mark.parametrize(
    "cases, plain",
    [
        (r"\begin{cases} a2 & \text{if } z^{(2)} > 0 \\ 0 & \text{otherwise} \end{cases}", "where(z2 > 0, a2, 0)"),
        (r"\begin{cases} 1 & z_2 > 0 \\[6pt] 0 & z_2 \le 0 \end{cases}", "where(z2 > 0, 1, 0)"),
        (
            r"2\begin{cases} \frac{1}{2} & \text{if } i = j \\ 0 & \text{if } i \ne j \end{cases}",
            "2*where(i == j, ((1)/(2)), 0)",
        ),
    ],
)
def test_two_cases_are_read(cases, plain):
    names = ["a2", "z2", "delta_ij"]
    assert parse(cases, names).root == parse(plain, names).root


@pytest.mark.parametrize(
    "latex, sentence",
    [
        (r"\begin{cases} 1 & z2 > 0 \\ 0 & z2 < 0 \end{cases}", "all that is left"),
        (r"\begin{cases} 1 & z2 > 0 \end{cases}", "Two cases"),
        (r"\begin{pmatrix} 1 & 0 \end{pmatrix}", "by its name"),
        (r"\int_0^1 z2", "integral"),
        (r"\prod_{l=1}^L z2", "product over an index"),
    ],
)
def test_what_cannot_be_read_is_named(latex, sentence):
    with pytest.raises(FormulaError, match=sentence):
        parse(latex, ["z2"])


@pytest.mark.parametrize("number", range(8))
def test_every_line_of_a_derivation_can_be_typed_as_it_is_typeset(number):
    for derivation in DERIVATIONS[number::8]:
        expressions = (derivation.left, *(step.expression for step in derivation.steps))
        for expression, root in zip(expressions, derivation.roots):
            typeset = latex(expression)
            if re.search(r"\\(begin\{matrix\}|int|prod)|_\{\w( [-+] \w+)+\}", typeset):
                with pytest.raises(FormulaError, match="by its name|integral|product over an index|do not know|too long"):
                    derivation.reader.read(typeset)
                continue
            for copied in (typeset, characters(typeset)):
                formula = derivation.reader.read(copied)
                if formula.root != root:  # ½ x for x/2
                    found = values_of(formula, derivation.reader, derivation.points, Work())
                    assert all(map(close, found, derivation.values)), (copied, formula.latex)


def test_every_other_formula_of_the_summary_is_read():
    names = {*SYMBOLS, *(name for each in exercises() for name in each.names)}
    names |= {name for derivation in DERIVATIONS for name in derivation.reader.names}
    lines = [(derivation.left, *(step.expression for step in derivation.steps)) for derivation in DERIVATIONS]
    tested = {latex(expression) for expressions in lines for expression in expressions} | set(map(solution_latex, exercises()))
    formulas = [formula.latex for of_lesson in summary().values() for formula in of_lesson if "leftarrow" not in formula.latex]
    for side in {side for formula in formulas for side in re.split(r" = |, \\quad ", formula)} - tested:
        if "matrix" not in side:
            parse(side, names, calculus=True)
