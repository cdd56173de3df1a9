"""All formulas of the lessons for one page: from the definitions of the symbols, the derivations' last lines, and solutions."""

from dataclasses import dataclass

from sympy import Expr

from nnlib.symbolic.derivation import (
    convolution,
    cross_entropy,
    layers,
    matrices,
    notation,
    one_unit,
    signal,
    softmax,
    softmax_cases,
)
from nnlib.symbolic.derivation.derivation import Derivation
from nnlib.symbolic.derivation.printing import latex
from nnlib.symbolic.exercise import exercise_named
from nnlib.symbolic.solution import solution_latex
from nnlib.symbolic.symbols import GRADIENT_STEP, SYMBOLS, shape_of, symbol_latex

POSITION = r"z_n = \sum_d P_{nd} \, w_d + b"
WITH_PENALTY = r"\frac{\partial \tilde J}{\partial W^{(1)}}"


@dataclass(frozen=True)
class Formula:
    """about: what it is, in words (Markdown); latex: the formula."""

    about: str
    latex: str


def summary() -> dict[str, tuple[Formula, ...]]:
    """The formulas of each lesson: its key → its formulas, in the order in which they are taught."""
    i, psi, J = notation.i, notation.psi, notation.J
    network = notation.network(notation.N, notation.D, notation.H, notation.K)
    one_example = notation.softmax_of_one()
    return {
        "forward": (
            *(_symbol(name) for name in ("z2", "a2", "z3", "psi")),
            _defined("softmax of one example", (psi[i], one_example[psi](i).subs(notation.S, one_example[notation.S]))),
            _defined("loss of one example with label $y$", (J, notation.loss_of_one()[J])),
            _defined(SYMBOLS["J"].meaning, (J, network[J])),
            _symbol("J_tilde"),
            _solution("how many numbers the network learns", "forward-parameters"),
            _solution("$J$ where every class has the same probability", "forward-uniform-loss"),
        ),
        "softmax": (
            _derived(softmax_cases.same_class()),
            _derived(softmax_cases.other_class()),
            _derived(softmax.softmax_derivative_general(), "both cases in one"),
            _derived(softmax.jacobian(3), "the Jacobian of 3 classes", r"\frac{\partial \psi}{\partial z}"),
            _derived(softmax.row_sum()),
            _derived(softmax.shift_invariance()),
            _derived(softmax.temperature()),
        ),
        "backpropagation": (
            _defined("one unit", *reversed(one_unit.DEFINITIONS.items())),
            _derived(one_unit.one_weight()),
            _derived(cross_entropy.log_derivative()),
            _derived(cross_entropy.logit_gradient_general(), "the logits of one example"),
            _solution(_with_shape("z3"), "backpropagation-dz3", symbol_latex("dz3")),
            _gradient("W2", matrices.second_weights_matrix()),
            _gradient("b2", matrices.second_biases_matrix()),
            _solution(_with_shape("a2"), "backpropagation-da2", symbol_latex("da2")),
            _gradient("z2", matrices.hidden_matrix(), "G2"),
            _solution(_with_shape("W1") + ", with the penalty", "backpropagation-dw1", WITH_PENALTY),
            _solution("the same in one formula", "backpropagation-w1-whole", WITH_PENALTY),
            _solution(_with_shape("b1"), "backpropagation-db1", symbol_latex("db1")),
            _derived(layers.penalty_gradient()),
            Formula("a step of gradient descent, for every parameter $\\theta$, with the learning rate $\\eta$", GRADIENT_STEP),
        ),
        "gradient_check": (
            _solution("central difference, with the step $s$", "gradient-check-central"),
            _solution("its error", "gradient-check-central-error"),
            _solution("error of the one-sided difference", "gradient-check-forward-error"),
            _solution(
                "$s^3$ at the best step $s$, where rounding costs $\\varepsilon/s$ and the curve $C\\,s^2$",
                "gradient-check-best-step",
            ),
            _solution("relative error of $a$ and $b$", "gradient-check-relative-error"),
            _solution("central difference of $\\max(0, x)$ for $0 < x < s$", "gradient-check-kink"),
            _derived(signal.sum_of_a_unit(), "What a unit adds up; $q$ is the mean square of its $F$ inputs"),
            _derived(signal.half_of_a_normal(), "The mean square after a ReLU, for a normal $z$ with variance $v$"),
            _derived(signal.all_layers()),
            _derived(signal.he_variance()),
            _derived(signal.gradient_of_a_unit(), "On the way back; $r$ is the mean square of the gradients of $M$ units"),
        ),
        "convolution": (
            Formula("position $n$ of a filter with $D$ weights; $P_{nd}$ is the pixel $x_{n+d-1}$", POSITION),
            _solution("sums in a row: $R$ pixels, a filter of $Q$, $E$ pixels of padding, a stride of 1", "convolution-size"),
            _solution("padding that keeps the size, for a stride of 1", "convolution-same"),
            _solution("weights and biases of $H$ filters on $C$ channels", "convolution-parameters"),
            _derived(convolution.shared_weight()),
            _derived(convolution.one_pixel()),
            _solution("all weights of all filters", "convolution-dw", symbol_latex("dW1")),
            _solution(_with_shape("P1"), "convolution-dp", r"\frac{\partial J}{\partial P^{(1)}}"),
        ),
    }


def _symbol(name: str) -> Formula:
    return Formula(_with_shape(name), f"{symbol_latex(name)} = {SYMBOLS[name].formula}")


def _defined(about: str, *definitions: tuple[Expr, Expr]) -> Formula:
    return Formula(about, r", \quad ".join(f"{latex(symbol)} = {latex(expression)}" for symbol, expression in definitions))


def _derived(derivation: Derivation, about: str = "", left: str = "") -> Formula:
    return Formula(about or derivation.title, f"{left or latex(derivation.left)} = {latex(derivation.steps[-1].expression)}")


def _gradient(name: str, derivation: Derivation, short: str = "") -> Formula:
    left = [symbol_latex(f"d{name}"), *([symbol_latex(short)] if short else [])]
    return _derived(derivation, _with_shape(name), " = ".join(left))


def _solution(about: str, exercise_id: str, left: str = "") -> Formula:
    formula = solution_latex(exercise_named(exercise_id))
    return Formula(about, f"{left} = {formula}" if left else formula)


def _with_shape(name):
    shape = "×".join(shape_of(name))
    return SYMBOLS[name].meaning + (f", {shape}" if shape else "")
