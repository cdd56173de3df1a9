"""The small network of this visit, and its backward pass, node by node."""

from nnlib.teaching.backward_trace import Node, backward_trace
from pages.worked_example.worked_network import WorkedNetwork, worked_network

DELTA3 = "(<i>ψ</i> − <i>Δ</i>)/<i>N</i>"  # the gradient of the logits, for the caption of a matrix
DELTA2 = "∂<i>J</i>/∂<i>z</i><sup>(2)</sup>"


def network_and_trace() -> tuple[WorkedNetwork, dict[str, Node]]:
    """The small network, and every node of its backward pass by name."""
    worked = worked_network()
    return worked, backward_trace(worked.net, worked.X, worked.y, worked.reg)
