"""The names of the lessons' network, as they are typed, and what each stands for."""

NETWORK = {
    "X": "the batch $a^{(1)}$, N×D",
    "W1": "$W^{(1)}$, D×H",
    "b1": "$b^{(1)}$, H numbers",
    "z2": "$z^{(2)}$, N×H",
    "a2": r"$a^{(2)} = \max(0, z^{(2)})$, N×H",
    "W2": "$W^{(2)}$, H×K",
    "b2": "$b^{(2)}$, K numbers",
    "z3": "the logits $z^{(3)}$, N×K",
    "psi": r"the probabilities $\psi$, N×K",
    "Delta": r"the labels $\Delta$, one-hot, N×K",
    "dz3": r"the upstream gradient $\partial J/\partial z^{(3)}$, N×K",
    "dz2": r"the upstream gradient $\partial J/\partial z^{(2)}$, N×H",
    "lam": r"$\lambda$, the weight of the penalty",
    "N": "the number of examples in the batch",
}


def network_names(*names):
    """The entries of NETWORK for these names."""
    return {name: NETWORK[name] for name in names}
