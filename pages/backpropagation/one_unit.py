"""The first part: backpropagation with single numbers. One weight, one bias, one ReLU, one loss."""

import streamlit as st

from nnlib.symbolic.derivation.one_unit import one_weight
from pages.backpropagation.one_unit_pictures import downhill_picture, unit_picture
from pages.lesson.derivation_view import derivation_view
from pages.lesson.prediction import predict


def one_unit() -> None:
    """Draw the part: why a gradient is wanted, and the chain rule node by node, in numbers and in symbols."""
    st.markdown(
        "One unit has one input $x$, one weight $w$ and one bias $b$. Its **target** $t$ is the output that it should have. "
        "The loss $J$ is large where its output $a$ is far from $t$:"
    )
    st.latex(r"\begin{aligned} z &= wx + b \\ a &= \max(0, z) \\ J &= (a - t)^2 \end{aligned}")
    st.markdown(
        "With $x = 2$, $w = 0.5$, $b = 0.5$ and $t = 1$: $\\;z = 1.5$, $\\;a = 1.5$, $\\;J = 0.5^2 = 0.25$. Training changes "
        "$w$ so that $J$ falls. It must know in which direction, and how steep the way is: this is the **gradient** "
        "$\\partial J/\\partial w$, the slope of $J$ at this $w$."
    )
    downhill_picture()
    st.markdown(
        r"The slope at $w = 0.5$ is 2: if $w$ grows a little, $J$ grows twice as much. So a **step** goes the other way, with "
        r"a small factor $\eta$, the learning rate: $w \leftarrow w - \eta\,\partial J/\partial w = 0.5 - 0.05 \cdot 2 = 0.4$. "
        r"The loss falls from 0.25 to 0.09. But where does the slope 2 come from, without drawing a curve?"
    )
    if not predict(
        "unit_chain",
        r"$z$ grows by 2 for each 1 that $w$ grows, since $x = 2$. The ReLU passes it on. $J$ grows by 1 for each 1 that $a$ "
        r"grows. How steep is $J$ in $w$?",
        ["$2 + 1 + 1 = 4$", r"$2 \cdot 1 \cdot 1 = 2$", r"$1$, only the last step counts"],
        r"$2 \cdot 1 \cdot 1 = 2$",
        "The rates of a chain multiply. This is the chain rule.",
    ):
        return
    picture, words = st.columns([4, 7], gap="medium")
    with picture:
        unit_picture()
    words.markdown(
        r"""
Go back up the picture, from $J$ to $w$. Each arrow back, such as $a \to z$, has three gradients:

- **Upstream**: the slope of $J$ at the node where the arrow back starts. It is known already. For $a \to z$ it is that of $a$:
  $\partial J/\partial a = 2(a - t) = 2 \cdot 0.5 = \mathbf{1}$.
- **Local**: the slope of this one step. For $a \to z$ it is $\partial a/\partial z = \mathbf{1}$, because $z > 0$;
  for $z \to w$ it is $\partial z/\partial w = x = \mathbf{2}$.
- **Downstream**: upstream times local, the slope of $J$ at the node where the arrow back ends. It is the upstream gradient of
  the next arrow:

| arrow back | upstream | local | downstream |
|---|---:|---:|---:|
| $a \to z$ | 1 | 1 | $\partial J/\partial z = 1 \cdot 1 = 1$ |
| $z \to w$ | 1 | $x = 2$ | $\partial J/\partial w = 1 \cdot 2 = 2$ |
| $z \to b$ | 1 | 1 | $\partial J/\partial b = 1 \cdot 1 = 1$ |

The gradient of $z$ is computed once, and used for $w$ and for $b$. With $z < 0$ the ReLU's local gradient is 0, and so are
both gradients: the flat part of the curve.
"""
    )
    derivation_view(one_weight(), "unit_weight")
    st.markdown(
        "The next part has the same picture, with a matrix in place of each number, a second layer, and a batch of examples. "
        "Nothing else is new: upstream times local, node by node."
    )
