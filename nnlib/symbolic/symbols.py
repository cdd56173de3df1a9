"""The symbols of the lessons: how each is typed in answers and in code, in LaTeX and in HTML, its shape, and its meaning.

A name shows how its symbol is written: letters, a layer as a digit (`z2` is z⁽²⁾), a subscript after `_`, and `d` in front for
a gradient (`dz3` is ∂J/∂z⁽³⁾).
"""

import re
from dataclasses import dataclass

GREEK = {"psi": "ψ", "Delta": "Δ", "delta": "δ", "lam": "λ", "sigma": "σ", "pi": "π", "eps": "ε", "theta": "θ"}
GREEK_LATEX = {"lam": r"\lambda", "eps": r"\varepsilon"}  # the others are a backslash and the name
UNLIKE = {"J_tilde": r"\tilde J", "ones": r"\mathbf 1"}  # names that are no letters
SUBSCRIPTS = {"plus": "+", "minus": "-"}
GRADIENT_STEP = r"\theta \leftarrow \theta - \eta\,\partial\tilde J/\partial\theta"


@dataclass(frozen=True)
class Symbol:
    """
    meaning : what it is, in words
    shape : the letters of its sizes, as "NK"; "" for one number
    formula : LaTeX of what it is computed from
    """

    meaning: str
    shape: str = ""
    formula: str = ""


SYMBOLS = {
    "N": Symbol("the number of examples in the batch"),
    "D": Symbol("the number of inputs of one example"),
    "H": Symbol("the number of hidden units"),
    "K": Symbol("the number of classes"),
    "X": Symbol("the inputs, one example in each row", "ND", "a^{(1)}"),
    "y": Symbol("the labels: the right class of each example", "N"),
    "P1": Symbol("the patches of an image below a filter, one in each row", "ND"),
    "P2": Symbol("the patches of the first result below a filter, one in each row", "ND"),
    "W1": Symbol("the weights of the hidden layer", "DH"),
    "b1": Symbol("the biases of the hidden layer", "H"),
    "z2": Symbol("the hidden layer before the ReLU", "NH", "a^{(1)} W^{(1)} + b^{(1)}"),
    "a2": Symbol("the hidden layer after the ReLU", "NH", r"\max(0, z^{(2)})"),
    "W2": Symbol("the weights of the output layer", "HK"),
    "b2": Symbol("the biases of the output layer", "K"),
    "z3": Symbol("the logits", "NK", "a^{(2)} W^{(2)} + b^{(2)}"),
    "psi": Symbol("the probabilities", "NK", r"\operatorname{softmax}(z^{(3)})"),
    "Delta": Symbol("the labels, one-hot: 1 at the right class, else 0", "NK"),
    "delta_ij": Symbol("1 where $i = j$, else 0"),
    "dz3": Symbol("the gradient with respect to the logits", "NK"),
    "dz2": Symbol("the gradient with respect to $z^{(2)}$", "NH"),
    "G3": Symbol("short for the gradient with respect to the logits", "NK", r"\frac{\partial J}{\partial z^{(3)}}"),
    "G2": Symbol("short for the gradient with respect to $z^{(2)}$", "NH", r"\frac{\partial J}{\partial z^{(2)}}"),
    "ones": Symbol("a column of ones", "N1"),
    "lam": Symbol("the strength of the penalty"),
    "F": Symbol("the number of inputs of a unit, its fan-in, in a network of any depth"),
    "sigma": Symbol("the standard deviation of the initial weights"),
    "T": Symbol("the temperature: softmax of $z/T$"),
    "mask": Symbol("1 where a unit of the hidden layer is on, else 0", "NH", r"\mathbf 1[z^{(2)} > 0]"),
    "J": Symbol("the cross-entropy, a mean over the batch"),
    "R1": Symbol("the penalty of the hidden layer's weights"),
    "R2": Symbol("the penalty of the output layer's weights"),
    "J_tilde": Symbol(
        "the loss that training minimises", formula=r"J + \lambda\,(\lVert W^{(1)}\rVert^2 + \lVert W^{(2)}\rVert^2)"
    ),
}


def shape_of(name: str) -> str:
    """The letters of a symbol's sizes, as "NK"; "" for one number. A gradient, as dW2, has the shape of what it is taken by.

    The layers of a deeper network, as W3, have as many sizes as those of the lessons' network.
    """
    name = re.sub("^d(?=[azWb][0-9])", "", name)
    symbol = SYMBOLS.get(name) or SYMBOLS.get(re.sub("^([azWb])[3-9]$", r"\g<1>2", name))
    return symbol.shape if symbol else ""


def symbol_parts(name: str) -> tuple[str, str]:
    """The letters of a symbol as characters, and its layer or "": ("W", "1") for W1, ("ψ", "") for psi."""
    letters = name.rstrip("0123456789")
    return GREEK.get(letters, letters), name[len(letters) :]


def symbol_latex(name: str) -> str:
    """The symbol as LaTeX: z2 is z^{(2)}, psi_i is \\psi_i, J_plus is J_{+}, dz3 is ∂J/∂z^{(3)}."""
    if name in UNLIKE:
        return UNLIKE[name]
    if re.fullmatch(r"R\d", name):
        return rf"\lambda\lVert W^{{({name[1]})}}\rVert^2"
    if re.fullmatch(r"d[azWb]\d", name):
        return rf"\frac{{\partial J}}{{\partial {symbol_latex(name[1:])}}}"
    stem, _, subscript = name.partition("_")
    letters = stem.rstrip("0123456789")
    layer = stem[len(letters) :]
    latex = r"\text{mask}" if letters == "mask" else letters
    if letters in GREEK:
        latex = GREEK_LATEX.get(letters, "\\" + letters)
    if layer:
        latex += f"^{{({layer})}}"
    if subscript:
        latex += f"_{{{SUBSCRIPTS.get(subscript, subscript)}}}"
    return latex


def symbol_html(name: str) -> str:
    """The symbol as HTML. Subscripts and gradients are not written in HTML anywhere."""
    if name == "J_tilde":
        return "<i>J̃</i>"
    if re.fullmatch(r"R\d", name):
        return f"<i>λ</i>‖{symbol_html('W' + name[1])}‖²"
    letters, layer = symbol_parts(name)
    return f"<i>{letters}</i>" + (f"<sup>({layer})</sup>" if layer else "")
