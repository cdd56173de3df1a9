"""The computational graph, node by node."""

import streamlit as st

from pages.backpropagation.backward_pass import network_and_trace
from pages.backpropagation.computational_graph import computational_graph
from pages.backpropagation.node_view import node_view
from pages.lesson.prediction import predict
from pages.lesson.progress import GRAPH_WALKED, progress, save_progress
from pages.ui.bound_widget import bound
from pages.worked_example.number_expander import number_expander

WALK = ("J_tilde", "J", "psi", "z3", "b2", "W2", "a2", "z2", "b1", "W1")  # each node comes after all that its gradient needs
ON_VIEW = "node_on_view"


def graph() -> None:
    """The computational graph, node by node."""
    st.markdown(
        r"In the forward pass, values go down the graph to $\tilde J$. In the backward pass, gradients go up. At each arrow, "
        r"**upstream gradient × local gradient = downstream gradient**. The penalty depends on the weights only, so "
        r"$\tilde J$ and $J$ have the same gradient for each $z$, $a$ and $b$ and for $\psi$: $\;\partial\tilde J/\partial "
        r"z^{(3)} = \partial J/\partial z^{(3)}$."
    )
    before_the_question = st.container()
    if predict(
        "graph_order",
        r"Which gradient must be known before that of $W^{(1)}$ can be computed?",
        ["That of $W^{(2)}$", "That of $z^{(2)}$", "None, each can be computed alone"],
        "That of $z^{(2)}$",
        r"$W^{(1)}$ changes the cross-entropy only through $z^{(2)}$. The gradient of $z^{(2)}$ needs that of $a^{(2)}$, and "
        r"so on, down the graph to $\tilde J$. On this path, $W^{(2)}$ is needed, but its gradient is not.",
    ):
        st.markdown(
            r"A **transpose** $A^\top$ exchanges rows and columns. You will see it at some of the nodes, which say over what "
            "the sum runs there."
        )
        number_expander()
        _graph_on_view()
    else:
        with before_the_question:
            computational_graph(network_and_trace()[1], "J_tilde", _choose_node)


@st.fragment
def _graph_on_view():
    worked, trace = network_and_trace()
    with st.container(key="graph_and_node"):
        drawing, words = st.columns([4, 7], gap="medium")
    with words:
        with st.container(horizontal=True, vertical_alignment="bottom"):
            name = bound(
                st.selectbox,
                "Node",
                list(trace),
                format_func=lambda name: name.replace("J_tilde", "J̃"),
                key="node",
                width=130,
            )
            st.session_state[ON_VIEW] = name
            st.button(
                "Walk back",
                icon=":material/arrow_upward:",
                type="primary",
                key="walk_back",
                on_click=_walk_back,
                args=(list(trace),),
                disabled=_next_on_walk(list(trace), name) is None,
            )
            st.button("Start again", key="walk_start", on_click=_choose_node, args=("J_tilde",), disabled=name == "J_tilde")
        st.caption(
            "Choose a node here or in the graph. “Walk back” goes from the loss to the weights of the first layer. "
            '<span class="keyboard">In the graph, the arrow keys move from node to node, and Enter chooses one.</span>',
            unsafe_allow_html=True,
        )
        node_view(worked, trace, name)
    with drawing:
        computational_graph(trace, name, _choose_node)
    if name == WALK[-1] and GRAPH_WALKED not in progress().tasks:
        progress().record_task(GRAPH_WALKED)
        save_progress()


def _choose_node(name):
    st.session_state["node"] = st.session_state[ON_VIEW] = name


def _walk_back(order):
    """Go to the next node of the walk. The session, not the widget, says which node is on view: a second click may come
    before the browser has received the result of the first."""
    name = _next_on_walk(order, st.session_state[ON_VIEW])
    if name is not None:
        _choose_node(name)


def _next_on_walk(order, name):
    """The first node of the walk after `name` in the order of the backward pass; None at the end."""
    return next((each for each in order[order.index(name) + 1 :] if each in WALK), None)
