"""Part 2: the computational graph, node by node."""

import streamlit as st

from pages.parts.backpropagation.computational_graph import computational_graph
from pages.parts.backpropagation.node_view import node_view
from pages.parts.backpropagation.traced import traced
from pages.shared.predict import predict

WALK = ("J_tilde", "J", "psi", "z3", "b2", "W2", "a2", "z2", "b1", "W1")  # each after all that its gradient needs


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
        r"$W^{(1)}$ acts on the cross-entropy through $z^{(2)}$ alone. The gradient of $z^{(2)}$ needs that of $a^{(2)}$, and "
        r"so on up to $\tilde J$. $W^{(2)}$ itself is needed on the way, its gradient is not.",
    ):
        _graph_on_view()


@st.fragment
def _graph_on_view():
    worked, trace = traced()
    with st.container(key="graph_and_node"):
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
