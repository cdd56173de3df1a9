"""Exercises of the lesson on the chain: from the loss back to every parameter."""

from nnlib.symbolic.answers.points import network, network_on_a_kink, numbers, one_example, smooth_layer
from nnlib.symbolic.exercise.exercise import Exercise, Slip
from nnlib.symbolic.exercise.names import network_names

MEAN = "$J$ is a mean over the batch: what does that do to the gradient of each example?"
MASK = "A ReLU that was off passes no gradient on. Something is missing."
NO_HALF = "There is no ½ before the penalty: what is the derivative of a square?"
PENALISED = r"$\tilde J$ has the penalty too: its gradient is missing."


def _with_upstream(name):
    """What to use for ψ and Δ where the upstream gradient is given."""
    message = rf"$\psi$ and $\Delta$ are not among the names here: what comes back from them is the upstream gradient `{name}`."
    return dict.fromkeys(("psi", "Delta"), message)


EXERCISES = (
    Exercise(
        id="backpropagation-log",
        lesson="backpropagation",
        title="The derivative of a logarithm",
        prompt=r"Write $\dfrac{d}{dx} \log f(x)$ with `f` and its derivative `df`.",
        solution="df/f",
        names={"f": "$f(x)$", "df": "$f'(x)$"},
        written={"f(x)": "f", "f'(x)": "df", "f'": "df"},
        point=numbers(f="positive", df="signed"),
        first_step="The chain rule: the derivative of the logarithm at $f$, times the derivative of $f$.",
        slips=(
            Slip("1/f", "That is the outer derivative. The inner one is missing."),
            Slip("1/df", "The outer derivative is taken at $f$, not at its derivative."),
            Slip("f/df", "Upside down."),
        ),
    ),
    Exercise(
        id="backpropagation-sign",
        lesson="backpropagation",
        title="Find the mistake: a sign",
        prompt=(
            "For one example with label $y$, someone computes $\\dfrac{\\partial J}{\\partial z_j}$ as "
            "$-\\dfrac{1}{\\psi_y} \\cdot \\psi_y (\\Delta_j - \\psi_j) = \\Delta_j - \\psi_j$. "
            "The last step is wrong. Write the right result."
        ),
        solution="psi_j - Delta_j",
        names={
            "psi_j": r"$\psi_j$",
            "psi_y": r"$\psi_y$, the probability of the label",
            "Delta_j": r"$\Delta_j$: 1 where $j = y$, else 0",
        },
        written={"delta_yj": "Delta_j", "delta_jy": "Delta_j"},
        point=one_example,
        first_step=r"Cancel $\psi_y$ and keep the factor before the fraction.",
        slips=(
            Slip("Delta_j - psi_j", r"That is the mistake itself: what happened to the minus before $1/\psi_y$?"),
            Slip("-(1/psi_y)*(Delta_j - psi_j)", r"$\psi_y$ cancels: it is in the numerator and the denominator."),
            Slip("psi_j", "That holds for the classes that are not the label."),
            Slip("psi_j - 1", "That holds for the class of the label only."),
        ),
    ),
    Exercise(
        id="backpropagation-dz3",
        lesson="backpropagation",
        title="The gradient at the logits",
        prompt=r"Write $\dfrac{\partial J}{\partial z^{(3)}}$ for the whole batch.",
        solution="(psi - Delta)/N",
        names=network_names("psi", "Delta", "z3", "N"),
        point=network,
        first_step=r"For one example, each entry is $\psi_j - \Delta_j$. $J$ is the mean over $N$ of them.",
        slips=(
            Slip("psi - Delta", MEAN),
            Slip("(Delta - psi)/N", "The sign is the wrong way round: where the network is too sure, its logit must fall."),
            Slip("psi/N - Delta", "Both terms are divided by the number of examples."),
            Slip("psi - Delta/N", "Both terms are divided by the number of examples: use brackets."),
            Slip("psi/N", "The label has to come in: without it, nothing is learned from it."),
            Slip("psi*(1 - psi)/N", r"That is the diagonal of the derivative of $\psi$, not of the loss."),
            Slip("-Delta/psi/N", r"That is $\partial J/\partial \psi$. One more step leads to the logits."),
        ),
    ),
    Exercise(
        id="backpropagation-side",
        lesson="backpropagation",
        title="Find the mistake: the wrong side",
        prompt=(
            r"For batches in rows, someone writes $\dfrac{\partial J}{\partial W^{(2)}} = "
            r"\dfrac{\partial J}{\partial z^{(3)}}\, a^{(2)\top}$. The shapes do not fit. "
            "Write the correct formula (without the penalty)."
        ),
        solution="a2.T @ dz3",
        names=network_names("a2", "dz3", "N"),
        instead=_with_upstream("dz3"),
        point=network,
        first_step="$W^{(2)}$ is H×K, and so is its gradient. Which order of an N×H and an N×K matrix gives that?",
        slips=(
            Slip("a2.T @ dz3/N", "The mean over the batch is already in the upstream gradient."),
            Slip("dz3.T @ a2", "That is K×H, the transpose: $W^{(2)}$ is H×K."),
        ),
    ),
    Exercise(
        id="backpropagation-dw2",
        lesson="backpropagation",
        title="The weights of the output layer",
        prompt=r"Write $\dfrac{\partial \tilde J}{\partial W^{(2)}}$, the penalty $\lambda \lVert W \rVert^2$ included.",
        solution="a2.T @ (psi - Delta)/N + 2*lam*W2",
        names=network_names("a2", "psi", "Delta", "W2", "lam", "N"),
        point=network,
        first_step="Two terms: what the layer received, times what came back to it; and the derivative of the penalty.",
        slips=(
            Slip("a2.T @ (psi - Delta)/N", PENALISED),
            Slip("a2.T @ (psi - Delta)/N + lam*W2", NO_HALF),
            Slip("a2.T @ (psi - Delta)/N + 2*lam", "The penalty of each weight has a gradient in proportion to that weight."),
            Slip("a2.T @ (psi - Delta)/N + lam*W2**2", "The penalty still has to be differentiated."),
            Slip(
                "a2.T @ (psi - Delta)/N + 2*lam*sum(W2)",
                "Each weight has its own gradient: nothing is summed in the penalty's.",
            ),
            Slip("a2.T @ (psi - Delta) + 2*lam*W2", MEAN),
            Slip(
                "(a2.T @ (psi - Delta) + 2*lam*W2)/N",
                "Only the cross-entropy is a mean over the batch. The penalty is not divided by $N$.",
            ),
            Slip("a2.T @ (Delta - psi)/N + 2*lam*W2", "Look at the sign of the first term."),
            Slip("a2.T @ (psi - Delta)/N - 2*lam*W2", "The penalty is added to the loss: look at the sign of its gradient."),
        ),
    ),
    Exercise(
        id="backpropagation-db2",
        lesson="backpropagation",
        title="Find the mistake: the bias",
        prompt=(
            r"Someone writes $\dfrac{\partial J}{\partial b^{(2)}} = \dfrac{\psi - \Delta}{N}$. "
            "That is N×K, but there are only $K$ biases. Write the correct formula."
        ),
        solution="sum(psi - Delta, axis=0)/N",
        names=network_names("psi", "Delta", "ones", "N"),
        point=network,
        first_step="Each bias is added to its logit in every example. So each example adds its share to the gradient.",
        slips=(
            Slip("(psi - Delta)/N", "That is the mistake itself: each example has a share, and a bias collects them all."),
            Slip("sum(psi - Delta, axis=0)", MEAN),
            Slip(
                "sum(psi - Delta, axis=1)/N",
                "That adds over the classes and leaves a number for each example. There is a bias for each class.",
            ),
            Slip("sum(psi - Delta)/N", "That adds everything to one number. There is a bias for each class."),
            Slip("sum(Delta - psi, axis=0)/N", "The sum is right. Look at the sign."),
        ),
    ),
    Exercise(
        id="backpropagation-da2",
        lesson="backpropagation",
        title="Back through the output layer",
        prompt=r"Write $\dfrac{\partial J}{\partial a^{(2)}}$ with the upstream gradient `dz3`.",
        solution="dz3 @ W2.T",
        names=network_names("dz3", "W2", "a2"),
        instead=_with_upstream("dz3"),
        point=network,
        first_step="$a^{(2)}$ is N×H. Which product of an N×K and an H×K matrix gives that?",
        slips=(
            Slip("dz3 @ W2.T * (a2 > 0)", r"That goes one step too far: the ReLU lies between $a^{(2)}$ and $z^{(2)}$."),
            Slip("a2.T @ dz3", "That is the gradient of the weights. Here the activations are asked for."),
        ),
    ),
    Exercise(
        id="backpropagation-dz2",
        lesson="backpropagation",
        title="Back through the ReLU",
        prompt=r"Write $\dfrac{\partial J}{\partial z^{(2)}}$ with $\psi$, $\Delta$, $N$, $W^{(2)}$ and $z^{(2)}$.",
        solution="(psi - Delta)/N @ W2.T * (z2 > 0)",
        names=network_names("psi", "Delta", "W2", "z2", "a2", "N"),
        point=network,
        first_step=r"First go back to $a^{(2)}$. Then multiply by the local gradient of $\max(0, z)$: 1 where $z > 0$, else 0.",
        slips=(
            Slip("(psi - Delta)/N @ W2.T", MASK),
            Slip("(psi - Delta) @ W2.T", MASK + " And $J$ is a mean."),
            Slip("(psi - Delta) @ W2.T * (z2 > 0)", MEAN),
            Slip(
                "max(0, (psi - Delta)/N @ W2.T)",
                "The mask looks at the forward pass, not at the gradient: a negative gradient may pass.",
            ),
            Slip("(psi - Delta)/N @ W2.T * z2 > 0", "The comparison needs brackets of its own: `(z2 > 0)`."),
            Slip("(psi - Delta)/N @ W2.T * z2", "The local gradient of a ReLU is 0 or 1, not its input."),
            Slip("(psi - Delta)/N @ W2.T * a2", "The local gradient of a ReLU is 0 or 1, not its output."),
            Slip("(psi - Delta)/N @ W2.T * (z2 < 0)", "The mask is the wrong way round: which units were on?"),
            Slip("(Delta - psi)/N @ W2.T * (z2 > 0)", "Nearly: the sign is the wrong way round."),
        ),
        edge=network_on_a_kink,
        at_edge="At $z = 0$ itself it differs: there the lesson lets no gradient through, and writes `z2 > 0`.",
    ),
    Exercise(
        id="backpropagation-dw1",
        lesson="backpropagation",
        title="The weights of a hidden layer",
        prompt=r"Write $\dfrac{\partial \tilde J}{\partial W^{(1)}}$ with the upstream gradient `dz2`, the penalty included.",
        solution="X.T @ dz2 + 2*lam*W1",
        names=network_names("X", "dz2", "W1", "lam", "N"),
        instead=_with_upstream("dz2"),
        point=network,
        first_step="It has the form of the second layer's: what the layer received, transposed, times what came back to it.",
        slips=(
            Slip("X.T @ dz2", PENALISED),
            Slip("X.T @ dz2 + lam*W1", NO_HALF),
            Slip("X.T @ dz2/N + 2*lam*W1", "The mean over the batch is already in the upstream gradient."),
            Slip("X.T @ dz2 - 2*lam*W1", "The penalty is added to the loss: look at the sign of its gradient."),
            Slip("X.T @ dz2 + 2*lam", "The penalty of each weight has a gradient in proportion to that weight."),
        ),
    ),
    Exercise(
        id="backpropagation-w1-whole",
        lesson="backpropagation",
        title="From the logits to the hidden weights",
        prompt=(
            r"Write $\dfrac{\partial \tilde J}{\partial W^{(1)}}$, the penalty included, in one formula: with $X$, $\psi$, "
            r"$\Delta$, $N$, $W^{(2)}$, $z^{(2)}$, $\lambda$ and $W^{(1)}$."
        ),
        solution="X.T @ ((psi - Delta)/N @ W2.T * (z2 > 0)) + 2*lam*W1",
        names=network_names("X", "psi", "Delta", "N", "W2", "z2", "a2", "lam", "W1"),
        point=network,
        first_step=(
            r"Begin at the logits and go back: through $W^{(2)}$, through the ReLU, and then to $W^{(1)}$. The gradient of the "
            "penalty is added at the end."
        ),
        slips=(
            Slip("X.T @ ((psi - Delta)/N @ W2.T * (z2 > 0))", PENALISED),
            Slip("X.T @ ((psi - Delta)/N @ W2.T * (z2 > 0)) + lam*W1", NO_HALF),
            Slip("X.T @ ((psi - Delta)/N @ W2.T) + 2*lam*W1", MASK),
            Slip("X.T @ ((psi - Delta)/N @ W2.T)", f"{MASK} And {PENALISED}"),
            Slip("X.T @ ((psi - Delta) @ W2.T * (z2 > 0)) + 2*lam*W1", MEAN),
            Slip("X.T @ ((psi - Delta) @ W2.T * (z2 > 0))", f"{MEAN} And {PENALISED}"),
            Slip("X.T @ ((psi - Delta)/N @ W2.T * z2) + 2*lam*W1", "The local gradient of a ReLU is 0 or 1, not its input."),
            Slip("X.T @ ((psi - Delta)/N @ W2.T * a2) + 2*lam*W1", "The local gradient of a ReLU is 0 or 1, not its output."),
            Slip(
                "X.T @ ((psi - Delta)/N @ W2.T * (z2 < 0)) + 2*lam*W1",
                "The mask is the wrong way round: which units were on?",
            ),
            Slip(
                "X.T @ ((Delta - psi)/N @ W2.T * (z2 > 0)) + 2*lam*W1",
                r"Look at the sign of the gradient at the logits: is it $\psi - \Delta$ there?",
            ),
            Slip("(psi - Delta)/N @ W2.T * (z2 > 0)", r"That is the gradient of $z^{(2)}$. One step is left: to $W^{(1)}$."),
            Slip("a2.T @ (psi - Delta)/N + 2*lam*W2", "That is the gradient of the weights of the output layer."),
        ),
        edge=network_on_a_kink,
        at_edge="At $z = 0$ itself it differs: there the lesson lets no gradient through, and writes `z2 > 0`.",
    ),
    Exercise(
        id="backpropagation-db1",
        lesson="backpropagation",
        title="The biases of a hidden layer",
        prompt=r"Write $\dfrac{\partial J}{\partial b^{(1)}}$ with the upstream gradient `dz2`.",
        solution="sum(dz2, axis=0)",
        names=network_names("dz2", "ones", "N"),
        instead=_with_upstream("dz2"),
        point=network,
        first_step="$b^{(1)}$ holds $H$ numbers. Each is added in every row of the batch.",
        slips=(
            Slip("dz2", "Each example has a share, and a bias collects them all."),
            Slip("sum(dz2, axis=0)/N", "The mean over the batch is already in the upstream gradient."),
            Slip("sum(dz2, axis=1)", "That adds over the hidden units. There is a bias for each of them."),
            Slip("sum(dz2)", "That adds everything to one number. There is a bias for each hidden unit."),
        ),
    ),
    Exercise(
        id="backpropagation-dx",
        lesson="backpropagation",
        title="Back to what a layer receives",
        prompt=r"How does the loss change with the input? Write $\dfrac{\partial J}{\partial X}$ with `dz2`.",
        solution="dz2 @ W1.T",
        names=network_names("dz2", "W1", "X"),
        instead=_with_upstream("dz2"),
        point=network,
        first_step="$X$ stands to the first layer as $a^{(2)}$ stands to the second.",
        slips=(Slip("X.T @ dz2", "That is the gradient of the weights. Here the input is asked for."),),
    ),
    Exercise(
        id="backpropagation-penalty",
        lesson="backpropagation",
        title="The gradient of the penalty",
        prompt=r"What is the gradient of $\lambda \lVert W^{(2)} \rVert^2$ with respect to $W^{(2)}$?",
        solution="2*lam*W2",
        names=network_names("W2", "lam"),
        point=network,
        first_step="Write the norm as a sum of squares, and differentiate with respect to one weight.",
        slips=(
            Slip("lam*W2", NO_HALF),
            Slip("lam*W2**2", "The squares still have to be differentiated."),
            Slip("2*lam*sum(W2)", "Each weight has its own gradient: only one term of the sum depends on it."),
            Slip("2*lam", "The derivative of a square depends on where you are."),
            Slip("2*W2", r"$\lambda$ multiplies the gradient as it multiplies the penalty."),
        ),
    ),
    Exercise(
        id="backpropagation-tanh",
        lesson="backpropagation",
        title="Another activation",
        prompt=(
            r"The hidden layer has $a^{(2)} = \tanh(z^{(2)})$ instead of a ReLU. Its derivative is $1 - \tanh^2 z^{(2)}$. "
            r"Write $\dfrac{\partial J}{\partial z^{(2)}}$ with the upstream gradient `da2` and the activations."
        ),
        solution="da2*(1 - a2**2)",
        names={
            "a2": r"$a^{(2)} = \tanh(z^{(2)})$, N×H",
            "da2": r"the upstream gradient $\partial J/\partial a^{(2)}$, N×H",
        },
        point=smooth_layer,
        first_step="Upstream gradient times local gradient, entry by entry. The local gradient can be written with $a^{(2)}$.",
        slips=(
            Slip("1 - a2**2", "That is the local gradient. Multiply the upstream gradient by it."),
            Slip("da2*(1 - a2)**2", "The square belongs to $a^{(2)}$ alone."),
            Slip("da2*(1 - a2)", "The activation is squared in the derivative of tanh."),
            Slip("da2*a2*(1 - a2)", "That is for the sigmoid. Here it is tanh."),
            Slip("da2*(a2 > 0)", "That is for a ReLU. Here it is tanh."),
        ),
        instead=dict.fromkeys(("tanh", "z2"), r"`a2` is already $\tanh(z^{(2)})$: write the local gradient with it."),
    ),
)
