"""Cross-entropy and the chain: from the loss back to every weight, in symbols and in the numbers of the small network."""

import numpy as np
import streamlit as st

from nnlib import MLP
from nnlib.backward_trace import backward_trace
from nnlib.descent import along_the_gradient, stepped
from nnlib.losses import one_hot
from nnlib.node_differences import node_differences
from pages.shared.computational_graph import computational_graph
from pages.shared.descent_chart import descent_chart
from pages.shared.lesson import lesson
from pages.shared.matrix_view import GREEN, ORANGE, equation_view, matrix_html, number_text
from pages.shared.node_view import gradient_html, node_view, power
from pages.shared.predict import predict
from pages.shared.source_view import source_view
from pages.shared.worked_network import worked_network

WALK = ("J_tilde", "J", "psi", "z3", "b2", "W2", "a2", "z2", "b1", "W1")  # each after all that its gradient needs
RATES = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
TOO_LARGE = 1e9  # nats; beyond it another step says nothing new
DELTA3 = "(<i>ψ</i> − <i>Δ</i>)/<i>N</i>"


def logits():
    """∂J/∂z(3) = (ψ − Δ)/N."""
    st.markdown(
        r"""
Two facts are all you need. **(1)** A logarithm: $\;(\log f)' = f'/f$. **(2)** Softmax, from lesson 2:
$\;\partial\psi_i/\partial z_j = \psi_i(\delta_{ij} - \psi_j)$. One example whose label is $y$ costs $J = -\log\psi_y$.
How does that cost change with its logits?
"""
    )
    if not predict(
        "logit_sign",
        r"The label is class 1, and the network gives it $\psi_1 = 0.7$. What is $\partial J/\partial z_1$?",
        [r"$+0.7$", r"$+0.3$", r"$-0.3$", r"$0$"],
        r"$-0.3$",
        r"It is $\psi_1 - 1$. A larger $z_1$ makes the right class more probable, so the loss falls: the slope is negative. "
        r"The "
        r"surer the network, the smaller the slope.",
    ):
        return
    _sign()
    st.subheader("With the numbers of your network")
    worked = worked_network()
    trace = backward_trace(worked.net, worked.X, worked.y, worked.reg)
    psi, gradient = trace["psi"].value, trace["z3"].gradient
    Delta = one_hot(worked.y, psi.shape[1])
    labels = [(row, label) for row, label in enumerate(worked.y)]
    equation_view(
        matrix_html("psi", psi, "NK", marked=labels),
        "−",
        matrix_html("Delta", Delta, "NK", marked=labels),
        "=",
        matrix_html("<i>ψ</i> − <i>Δ</i>", psi - Delta, "NK", marked=labels),
    )
    st.markdown(
        f"Marked is the right class of each example: only there is the gradient negative. Every row adds up to 0, because "
        f"what one "
        f"probability wins the others lose. $J$ is a mean over $N = {len(psi)}$ examples, so divide by {len(psi)}:"
    )
    numeric = node_differences(worked.net, worked.X, worked.y, worked.reg, "z3")
    equation_view(
        matrix_html(f"∂<i>J</i>/∂<i>z</i><sup>(3)</sup> = {DELTA3}", gradient, "NK", marked=labels),
        matrix_html("by central differences", numeric, "NK", marked=labels),
    )
    st.caption(
        f"Largest difference: ${power(float(np.abs(gradient - numeric).max()))}$. Central differences use no derivative."
    )


def _sign():
    st.markdown("**The sign, slowly.** Two minus signs meet here, and the first is easily lost:")
    st.latex(
        r"""\begin{aligned}
\frac{\partial J}{\partial z_j} &= -\,\frac{1}{\psi_y}\cdot\frac{\partial\psi_y}{\partial z_j}
= -\,\frac{1}{\psi_y}\cdot\psi_y\,(\delta_{yj} - \psi_j) \\
&= -\,(\delta_{yj} - \psi_j) = \psi_j - \delta_{yj}
\end{aligned}"""
    )
    st.markdown(
        r"The minus in front comes from $-\log$ and turns the bracket round. Forget it, and you get $\Delta - \psi$: every "
        r"step then "
        r"walks uphill."
    )


def graph():
    """The computational graph, node by node."""
    st.markdown(
        r"Forward, values run down the graph to $\tilde J$. Backward, gradients run up again. At each arrow "
        r"**upstream gradient × local gradient = downstream gradient**."
    )
    if predict(
        "graph_order",
        r"Which gradient must be known before that of $W^{(1)}$ can be computed?",
        ["That of $W^{(2)}$", "That of $z^{(2)}$", "None, each can be computed alone"],
        "That of $z^{(2)}$",
        r"$W^{(1)}$ acts on the cross-entropy through $z^{(2)}$ alone. The gradient of $z^{(2)}$ needs that of $a^{(2)}$, "
        r"and so on "
        r"up to $\tilde J$. $W^{(2)}$ itself is needed on the way, its gradient is not.",
    ):
        _graph_on_view()


@st.fragment
def _graph_on_view():
    worked = worked_network()
    trace = backward_trace(worked.net, worked.X, worked.y, worked.reg)
    drawing, words = st.columns([4, 7], gap="medium")
    with words:
        with st.container(horizontal=True, vertical_alignment="bottom"):
            name = st.selectbox(
                "Node",
                list(trace),
                key="node",
                bind="query-params",
                persist_state="session",
                help="Choose here, or in the graph: click a node, or go there with Tab, move with the arrow keys, press Enter.",
                width=130,
            )
            st.button(
                "Walk back",
                icon=":material/arrow_upward:",
                type="primary",
                key="walk_back",
                on_click=_choose_node,
                args=(_next_on_walk(list(trace), name),),
                disabled=_next_on_walk(list(trace), name) is None,
                help="To the next node on the way from the loss to the first weights.",
            )
            st.button("Start again", key="walk_start", on_click=_choose_node, args=("J_tilde",), disabled=name == "J_tilde")
        node_view(worked, trace, name)
    with drawing:
        computational_graph(trace, name, _choose_node)


def _choose_node(name):
    st.session_state["node"] = name


def _next_on_walk(order, name):
    """The first node of the walk that the backward pass meets after `name`; None at its end."""
    return next((each for each in order[order.index(name) + 1 :] if each in WALK), None)


def matrix_form():
    """The sum over the batch, entry by entry, is a matrix product."""
    if not predict(
        "matrix_form",
        r"$a^{(2)}$ is $N\times H$, the upstream gradient $(\psi - \Delta)/N$ is $N\times K$. The gradient of $W^{(2)}$ "
        r"must have the "
        r"shape of $W^{(2)}$, $H\times K$. Which product has it?",
        [
            r"$a^{(2)}\,(\psi - \Delta)/N$",
            r"$a^{(2)\top}(\psi - \Delta)/N$",
            r"$(\psi - \Delta)^\top a^{(2)}/N$",
        ],
        r"$a^{(2)\top}(\psi - \Delta)/N$",
        r"$(H\times N)\cdot(N\times K) = H\times K$. The inner size is $N$: the product adds over the examples. Below you "
        r"see that it "
        r"is right, and not only that it fits.",
    ):
        return
    _entry_on_view()


@st.fragment
def _entry_on_view():
    worked = worked_network()
    trace = backward_trace(worked.net, worked.X, worked.y, worked.reg)
    weights = st.segmented_control(
        "Weights", ["W2", "W1"], default="W2", required=True, key="weights", bind="query-params", persist_state="session"
    )
    rows, columns = trace[weights].value.shape
    letters = "hk" if weights == "W2" else "dh"
    with st.container(horizontal=True):
        row, column = (
            st.segmented_control(
                f"{word} ${letter}$",
                list(range(1, size + 1)),
                default=1,
                required=True,
                key=f"entry_{letter}_{weights}_{size}",
                persist_state="session",
            )
            for word, letter, size in (("Row", letters[0], rows), ("Column", letters[1], columns))
        )
    (_output_entry if weights == "W2" else _hidden_entry)(worked, trace, row - 1, column - 1)


def _output_entry(worked, trace, h, k):
    arrow = trace["W2"].arrows[0]
    a2, delta = trace["a2"].value, arrow.upstream
    weight, meets, moves = f"W^{{(2)}}_{{{h + 1},{k + 1}}}", f"a^{{(2)}}_{{i{h + 1}}}", f"z^{{(3)}}_{{i{k + 1}}}"
    st.markdown(
        f"$z^{{(3)}}_{{ik}} = \\sum_h a^{{(2)}}_{{ih}}W^{{(2)}}_{{hk}} + b^{{(2)}}_k$: the weight ${weight}$ meets ${meets}$ "
        f"and moves ${moves}$, in every example $i$. So its gradient is a sum over the batch:"
    )
    heads = ("$i$", f"${meets}$", f"$(\\psi - \\Delta)_{{i{k + 1}}}/N$", "product")
    _sum_table(heads, [(a2[i, h], delta[i, k], a2[i, h] * delta[i, k]) for i in range(len(a2))], arrow.downstream[h, k])
    st.markdown("A row of $a^{(2)\\top}$ times a column of $(\\psi - \\Delta)/N$ is that same sum. All entries at once:")
    _product("<i>a</i><sup>(2)</sup>ᵀ", "HN", DELTA3, "NK", arrow, h, k)
    _with_penalty("W2", "W^{(2)}", trace, worked.reg, h, k)


def _hidden_entry(worked, trace, d, h):
    arrow, switches = trace["W1"].arrows[0], trace["z2"].arrows[0]
    st.markdown(
        f"One layer further back it is the same sum, with $X$ for $a^{{(2)}}$ and $\\partial J/\\partial z^{{(2)}}$ for "
        f"$(\\psi - \\Delta)/N$. That gradient has come through the ReLU of unit {h + 1}, which is on for some examples and "
        f"off for "
        f"others: the switch $\\mathbf 1[z^{{(2)}}_{{i{h + 1}}} > 0]$."
    )
    heads = (
        "$i$",
        f"$x_{{i{d + 1}}}$",
        f"$\\left[\\tfrac{{\\psi - \\Delta}}{{N}}W^{{(2)\\top}}\\right]_{{i{h + 1}}}$",
        "switch",
        "product",
    )
    rows = [
        (worked.X[i, d], switches.upstream[i, h], switches.local[i, h], worked.X[i, d] * arrow.upstream[i, h])
        for i in range(len(worked.X))
    ]
    _sum_table(heads, rows, arrow.downstream[d, h])
    st.markdown(r"Where the switch is 0, the example has no say in this weight. All entries at once:")
    _product("<i>X</i>ᵀ", "DN", "∂<i>J</i>/∂<i>z</i><sup>(2)</sup>", "NH", arrow, d, h)
    _with_penalty("W1", "W^{(1)}", trace, worked.reg, d, h)


def _sum_table(heads, rows, total):
    lines = [" | ".join(heads), " | ".join(["---:"] * len(heads))]
    lines += [" | ".join([str(i), *(_shown(value) for value in row)]) for i, row in enumerate(rows, start=1)]
    lines.append(" | ".join(["**sum**", *[""] * (len(heads) - 2), f"**{_shown(total)}**"]))
    st.markdown("\n".join(f"| {line} |" for line in lines))


def _shown(value):
    """A number as tables show it; without "-0"."""
    return number_text(value + 0.0)


def _product(left_name, left_letters, right_name, right_letters, arrow, row, column):
    """local @ upstream = downstream, with the row, the column and the entry marked."""
    N = len(arrow.upstream)
    equation_view(
        matrix_html(left_name, arrow.local, left_letters, marked=[(row, i) for i in range(N)]),
        "·",
        matrix_html(right_name, arrow.upstream, right_letters, marked=[(i, column) for i in range(N)], colour=ORANGE),
        "=",
        matrix_html("product", arrow.downstream, left_letters[0] + right_letters[1], marked=[(row, column)], colour=GREEN),
    )


def _with_penalty(name, symbol, trace, reg, row, column):
    value, gradient = trace[name].value[row, column], trace[name].gradient[row, column]
    product = trace[name].arrows[0].downstream[row, column]
    index = f"{row + 1},{column + 1}"
    st.markdown(
        f"The penalty adds $2\\lambda {symbol}_{{{index}}}$, here $2\\cdot{reg:g}\\cdot({value:g})$. In total "
        f"$\\partial\\tilde J/\\partial {symbol}_{{{index}}} = {product:.4g} + ({2 * reg * value:.4g}) = {gradient:.4g}$."
    )


def biases_and_penalty():
    """The bias gradient is a sum over the batch; the penalty adds 2λW."""
    st.subheader("Biases")
    if predict(
        "bias_sum",
        r"$b^{(2)}$ has $K$ numbers, the gradient $(\psi - \Delta)/N$ of the logits has $N$ rows of $K$. What is "
        r"$\partial J/\partial b^{(2)}$?",
        ["The whole matrix $(\\psi - \\Delta)/N$", "Its first row", "The sum of its rows", "The mean of its rows"],
        "The sum of its rows",
        r"The same $b^{(2)}$ is added to every row of $z^{(3)}$: it has $N$ arrows into the next node, and what comes back "
        r"along "
        r"them is added. The $1/N$ of the mean is in $(\psi - \Delta)/N$ already.",
    ):
        _biases()
    st.subheader("Penalty")
    if predict(
        "penalty_factor",
        r"The penalty is $\lambda(\lVert W^{(1)}\rVert^2 + \lVert W^{(2)}\rVert^2)$. What does it add to the gradient of "
        r"$W^{(2)}$?",
        [r"$\tfrac12\lambda W^{(2)}$", r"$\lambda W^{(2)}$", r"$2\lambda W^{(2)}$", r"$2\lambda(W^{(1)} + W^{(2)})$"],
        r"$2\lambda W^{(2)}$",
        r"$\lVert W\rVert^2$ is the sum of all $w^2$, and $w^2$ has the derivative $2w$. Many texts put $\tfrac12$ in front "
        r"to be rid "
        r"of the 2. Here there is none.",
    ):
        _penalty()


def _biases():
    worked = worked_network()
    trace = backward_trace(worked.net, worked.X, worked.y, worked.reg)
    for name, words, letters in (("b2", DELTA3, "NK"), ("b1", "∂<i>J</i>/∂<i>z</i><sup>(2)</sup>", "NH")):
        arrow = trace[name].arrows[0]
        equation_view(
            matrix_html("<b>1</b>ᵀ", arrow.local, "1N", rows=[""]),
            "·",
            matrix_html(words, arrow.upstream, letters),
            "=",
            matrix_html(gradient_html(name), arrow.downstream, letters[1]),
        )
    st.markdown(
        r"A row of ones times a matrix adds its rows. Forget the sum, and $N\times K$ numbers meet $K$ biases: with luck "
        r"the shapes "
        r"refuse. With bad luck, as when $N = 1$, nobody notices until the batch grows."
    )


def _penalty():
    worked = worked_network()
    trace = backward_trace(worked.net, worked.X, worked.y, worked.reg)
    node = trace["W2"]
    equation_view(
        matrix_html("<i>a</i><sup>(2)</sup>ᵀ(<i>ψ</i> − <i>Δ</i>)/<i>N</i>", node.arrows[0].downstream, "HK"),
        "+",
        matrix_html(f"2<i>λW</i><sup>(2)</sup>, λ = {worked.reg:g}", node.arrows[1].downstream, "HK"),
        "=",
        matrix_html(gradient_html("W2"), node.gradient, "HK"),
    )
    st.markdown(r"Biases are not penalised, so nothing is added to theirs.")
    if predict(
        "penalty_slip",
        r"Somebody writes the penalty as $\lambda\lVert W^{(1)} + W^{(2)}\rVert^2$. What is wrong with it?",
        ["Nothing, it is the same", "It is twice as large", "The sum need not exist, and weights may cancel in it"],
        "The sum need not exist, and weights may cancel in it",
        r"$W^{(1)}$ is $D\times H$ and $W^{(2)}$ is $H\times K$: they cannot be added unless $D = H = K$. And where they "
        r"can, "
        r"$W^{(1)} = -W^{(2)}$ costs nothing, however large both are.",
    ):
        _slip()


def _slip():
    st.markdown(
        r"""
Take two single weights, $w_1 = 5$ and $w_2 = -5$, and $\lambda = 1$:

| penalty | value | adds to the gradient of $w_1$ |
|---|---:|---:|
| $w_1^2 + w_2^2$ | 50 | $2w_1 = 10$ |
| $(w_1 + w_2)^2$ | 0 | $2(w_1 + w_2) = 0$ |

The right one pulls both weights towards 0. The slip leaves them where they are.
"""
    )


def one_step():
    """Steps of gradient descent with these gradients, each predicted."""
    st.markdown(
        r"The gradient says which way $\tilde J$ rises fastest. Step the other way, every weight at once: "
        r"$\;\theta \leftarrow \theta - \eta\,\partial\tilde J/\partial\theta$. For a small $\eta$ the loss falls by "
        r"$\eta\lVert\nabla\tilde J\rVert^2$. How small is small?"
    )
    _steps_on_view()


@st.fragment
def _steps_on_view():
    worked = worked_network()
    descent = _descent(worked)
    batch = (worked.X, worked.y, worked.reg)
    J, _ = descent["net"].loss(*batch)
    learning_rate = st.select_slider(
        "Learning rate η",
        RATES,
        value=0.1,
        key="eta",
        bind="query-params",
        persist_state="session",
        help="The length of the step: each parameter moves by η times its gradient.",
    )
    st.markdown(
        f"$\\tilde J = {J:.6g}$ after {len(descent['steps'])} steps. What will one step with $\\eta = {learning_rate:g}$ do?"
    )
    with st.container(horizontal=True):
        for falls, icon in ((True, ":material/trending_down:"), (False, ":material/trending_up:")):
            st.button(
                "It falls" if falls else "It rises",
                icon=icon,
                key=f"expect_{'fall' if falls else 'rise'}",
                on_click=_take_step,
                args=(batch, learning_rate, falls),
                disabled=J > TOO_LARGE,
                help="Say what you expect, and the step is taken.",
            )
        st.button("Start again", key="descent_reset", on_click=_forget_descent, disabled=not descent["steps"])
    if J > TOO_LARGE:
        st.warning("The loss has blown up. Start again with a smaller learning rate.", icon=":material/warning:")
    if descent["steps"]:
        _tell_steps(descent["steps"])
        descent_chart(descent["before"], *batch, descent["steps"][-1]["η"])


def _descent(worked):
    """Where this visit's descent stands. It begins again when the small network's numbers have been changed."""
    numbers = [worked.X, worked.y, worked.reg, *worked.net.params.values()]
    start = b"".join(np.asarray(each).tobytes() for each in numbers)
    if st.session_state.get("descent", {}).get("start") != start:
        st.session_state["descent"] = {"start": start, "net": worked.net, "before": None, "steps": []}
    return st.session_state["descent"]


def _take_step(batch, learning_rate, expected_to_fall):
    descent = st.session_state["descent"]
    before = descent["net"]
    (J, after), (_, promised) = along_the_gradient(before, *batch, [0, learning_rate])
    step = {"η": learning_rate, "before": J, "promised": promised, "after": after, "expected": expected_to_fall}
    descent.update(net=stepped(before, *batch, learning_rate), before=before, steps=[*descent["steps"], step])


def _forget_descent():
    del st.session_state["descent"]


def _tell_steps(steps):
    last = steps[-1]
    fell = last["after"] < last["before"]
    verdict = "As you expected" if fell == last["expected"] else "Not as you expected"
    moved = "fell" if fell else "did not fall"
    (st.success if fell == last["expected"] else st.info)(
        f"{verdict}: $\\tilde J$ {moved}, from {last['before']:.6g} to {last['after']:.6g}. The straight line promised "
        f"{last['promised']:.6g}.",
        icon=":material/trending_down:" if fell else ":material/trending_up:",
    )
    if not fell:
        st.markdown("The direction was right, the step too long: it crossed the valley and came out higher on the other side.")
    lines = ["| step | $\\eta$ | $\\tilde J$ before | promised | after |", "|---:|---:|---:|---:|---:|"]
    for number, step in list(enumerate(steps, start=1))[-5:]:
        cells = (step["before"], step["promised"], step["after"])
        lines.append(f"| {number} | {step['η']:g} | " + " | ".join(number_text(each) for each in cells) + " |")
    st.markdown("\n".join(lines))


# What the lesson derives → the line of MLP.loss that says it, for any number of layers.
LINES = (
    (r"\frac{\partial J}{\partial z^{(3)}} = \frac{\psi - \Delta}{N}", "delta = ((psi - Delta) / N).astype(self.dtype)"),
    (
        r"\frac{\partial\tilde J}{\partial W^{(l)}} = a^{(l)\top}\,\frac{\partial J}{\partial z^{(l+1)}} + 2\lambda W^{(l)}",
        'grads[f"W{l}"] = a[l].T @ delta + reg * penalty_gradient(self.penalty, W)',
    ),
    (
        r"\frac{\partial J}{\partial b^{(l)}} = \sum_i \Bigl(\frac{\partial J}{\partial z^{(l+1)}}\Bigr)_i",
        'grads[f"b{l}"] = delta.sum(axis=0)',
    ),
    (
        r"\frac{\partial J}{\partial z^{(l)}} = \Bigl[\frac{\partial J}{\partial z^{(l+1)}}\,W^{(l)\top}\Bigr] \circ "
        r"f'(z^{(l)})",
        "delta = self.activation.multiply_by_derivative(delta @ W.T, a[l])",
    ),
)


def in_code():
    """The four lines of nnlib that do it."""
    if predict(
        "lines_of_code",
        "How many lines of NumPy does the whole backward pass take, for any number of layers?",
        ["About 4", "About 40", "About 400"],
        "About 4",
        "One line starts at the loss, three are repeated for every layer, from the last to the first.",
    ):
        for formula, line in LINES:
            st.latex(formula)
            st.code(line, language="python", wrap_lines=True)
        st.markdown("The first runs once. The others stand in a loop over the layers, from the last one back.")
        source_view(MLP.loss, LINES[0][0])


lesson(
    "backpropagation",
    "Cross-entropy and the chain",
    [
        r"derive $\partial J/\partial z^{(3)} = (\psi - \Delta)/N$, with every sign in its place",
        "walk back through the network and say at each node what is upstream, what is local, and what goes on downstream",
        "write the gradient of every weight and bias as a matrix expression, and compute one entry by hand",
    ],
    {
        "From (1) and (2)": logits,
        "The graph": graph,
        "Matrix form": matrix_form,
        "Biases and penalty": biases_and_penalty,
        "One step": one_step,
        "In code": in_code,
    },
    [
        r"Softmax and cross-entropy together have the gradient $(\psi - \Delta)/N$: what the network said, minus what was "
        r"right.",
        "At each node the upstream gradient is multiplied by the local one; where ways meet on the way back, gradients add.",
        "A gradient has the shape of what it belongs to, and every sum in it runs over whatever that parameter has touched.",
    ],
    ("gradient_check.py", "Next: check a gradient, and find the slips in others"),
)
