"""Exercises of the lesson on the forward pass."""

from nnlib.symbolic.answers.points import classes, network, numbers
from nnlib.symbolic.exercise.exercise import Exercise, Slip
from nnlib.symbolic.exercise.names import network_names

EXERCISES = (
    Exercise(
        id="forward-z2",
        lesson="forward",
        title="A hidden layer before its ReLU",
        prompt="Write $z^{(2)}$, the first layer before its ReLU, for a whole batch.",
        solution="X @ W1 + b1",
        names=network_names("X", "W1", "b1"),
        point=network,
        first_step="Each row of $X$ is an example. $z^{(2)}$ is N×H: which product of an N×D and a D×H matrix gives that?",
        slips=(
            Slip("X @ W1", "The product is right. Each hidden unit also has a bias."),
            Slip("X @ W1 - b1", "The product is right. The bias is added."),
            Slip("max(0, X @ W1 + b1)", "That is $a^{(2)}$ already: $z^{(2)}$ comes before the ReLU."),
        ),
    ),
    Exercise(
        id="forward-logits",
        lesson="forward",
        title="The logits in one formula",
        prompt="Write the logits $z^{(3)}$ in one formula of $X$ and the parameters.",
        solution="max(0, X @ W1 + b1) @ W2 + b2",
        names=network_names("X", "W1", "b1", "W2", "b2"),
        point=network,
        first_step="Write $a^{(2)}$ first. Then put it where $X$ stood in the first layer.",
        slips=(
            Slip(
                "(X @ W1 + b1) @ W2 + b2", "Something between the two layers is missing: without it, they are one linear layer."
            ),
            Slip("max(0, max(0, X @ W1 + b1) @ W2 + b2)", "Logits may be negative: there is no ReLU after the last layer."),
            Slip("max(0, (X @ W1 + b1) @ W2 + b2)", "The ReLU stands in the wrong place: it belongs to the hidden layer."),
            Slip("max(0, X @ W1) @ W2 + b2", "The hidden units have a bias as well."),
            Slip("max(0, X @ W1 + b1) @ W2", "The logits have a bias as well."),
            Slip(
                "X @ W1 @ W2 + b2",
                "Two things are missing between the products: the bias of the hidden units, and their activation.",
            ),
            Slip("X @ W1 @ W2", "Each layer has a bias, and something stands between the two layers."),
            Slip("(max(0, X @ W1) + b1) @ W2 + b2", "The bias is added before the ReLU."),
        ),
    ),
    Exercise(
        id="forward-parameters",
        lesson="forward",
        title="How many parameters",
        prompt="How many numbers does the network learn, all weights and biases together?",
        solution="D*H + H + H*K + K",
        names={"D": "inputs", "H": "hidden units", "K": "classes"},
        point=numbers(D="positive", H="positive", K="positive"),
        first_step="Write down the shapes of $W^{(1)}, b^{(1)}, W^{(2)}, b^{(2)}$. A D×H matrix holds $D \\cdot H$ numbers.",
        slips=(
            Slip("D*H + H*K", "Those are the weights. The biases are learned too."),
            Slip("D*H*K", "The two matrices stand one after the other: their numbers add up."),
            Slip("D*H + D + H*K + H", "There is a bias for each unit that a layer feeds, not for each input."),
            Slip("D*H + H*K + K", "The hidden layer has biases too."),
            Slip("D*H + H + H*K", "The last layer has biases too."),
        ),
    ),
    Exercise(
        id="forward-uniform-loss",
        lesson="forward",
        title="The loss of guessing",
        prompt="An untrained network gives each of $K$ classes the same probability. What is its cross-entropy $J$?",
        solution="log(K)",
        names={"K": "the number of classes"},
        point=numbers(K="above_one"),
        first_step="What is the probability of the right class? $J$ is minus its logarithm, the same for every example.",
        slips=(
            Slip("1/K", "That is the probability of each class. The loss is minus its logarithm."),
            Slip("-1/K", "The probability of each class is $1/K$. The loss is minus its logarithm."),
        ),
    ),
    Exercise(
        id="forward-one-example",
        lesson="forward",
        title="One example, from its logits",
        prompt="There are three classes, and the label of this example is class 1. Write its cross-entropy with the logits.",
        solution="log(exp(z_1) + exp(z_2) + exp(z_3)) - z_1",
        names={name: f"the logit ${name}$" for name in ("z_1", "z_2", "z_3")},
        point=classes(3),
        first_step=r"$J = -\log \psi_1$. Put in the definition of $\psi_1$.",
        slips=(
            Slip("exp(z_1)/(exp(z_1) + exp(z_2) + exp(z_3))", r"That is $\psi_1$. The loss is minus its logarithm."),
            Slip("-exp(z_1)/(exp(z_1) + exp(z_2) + exp(z_3))", "The logarithm is missing."),
            Slip("-z_1", r"Softmax also divides by a sum: $\psi_1$ is not $e^{z_1}$ alone."),
            Slip(
                "log(exp(z_1) + exp(z_2) + exp(z_3))",
                "That is the logarithm of the sum below. What about the top of the fraction?",
            ),
        ),
    ),
    Exercise(
        id="forward-two-examples",
        lesson="forward",
        title="A batch of two",
        prompt="A batch holds two examples. Their true classes have the probabilities `p_1` and `p_2`. Write $J$ of the batch.",
        solution="-(log(p_1) + log(p_2))/2",
        names={
            "p_1": "the probability of the right class, first example",
            "p_2": "the same for the second example",
        },
        point=numbers(p_1="fraction_of_one", p_2="fraction_of_one"),
        first_step="Each example has a loss of its own, minus a logarithm. $J$ is their mean.",
        slips=(
            Slip("-log((p_1 + p_2)/2)", "That is the logarithm of the mean. $J$ is the mean of the logarithms."),
            Slip("-log(p_1 + p_2)", "The logarithm of a sum is not the sum of the logarithms."),
            Slip("-log(p_1) + log(p_2)/2", "The minus and the mean are for both examples: use brackets."),
            Slip("-log(p_1)*log(p_2)", "The losses of the examples add up; they are not multiplied."),
        ),
    ),
    Exercise(
        id="forward-penalty",
        lesson="forward",
        title="Find the mistake: the penalty",
        prompt=(
            "Someone writes the penalty as $\\lambda \\lVert W^{(1)} + W^{(2)} \\rVert^2$. "
            "This cannot be computed, because the shapes differ. Write the penalty that $\\tilde J$ has."
        ),
        solution="lam*(sum(W1**2) + sum(W2**2))",
        names=network_names("W1", "W2", "lam"),
        point=network,
        first_step="$\\lVert W \\rVert^2$ is the sum of all squared entries of one matrix: `sum(W**2)`.",
        slips=(
            Slip("lam*(sum(W1) + sum(W2))**2", "Square every entry first, then add."),
            Slip("lam*(sum(W1)**2 + sum(W2)**2)", "Square every entry first, then add."),
            Slip("lam*(sum(W1) + sum(W2))", "The entries are squared before they are added: otherwise they would cancel."),
            Slip("lam*(sqrt(sum(W1**2)) + sqrt(sum(W2**2)))", "The norms are squared: there is no root."),
            Slip("lam*sqrt(sum(W1**2) + sum(W2**2))", "The norms are squared: there is no root."),
            Slip("lam*sum(W1**2)", "The second matrix is penalised too."),
            Slip("lam*sum(W2**2)", "The first matrix is penalised too."),
            Slip("lam*sum(W1**2)*sum(W2**2)", "The two penalties are added."),
            Slip("lam*sum(W1**2) + sum(W2**2)", r"$\lambda$ multiplies both norms."),
            Slip("sum(W1**2) + lam*sum(W2**2)", r"$\lambda$ multiplies both norms."),
            Slip("lam**2*(sum(W1**2) + sum(W2**2))", r"$\lambda$ itself is not squared."),
        ),
    ),
    Exercise(
        id="forward-widths",
        lesson="forward",
        title="Find the mistake: a list of widths",
        prompt=(
            "A network has hidden layers of `H_1`, `H_2` and `H_3` units. Someone builds its hidden layers with "
            "`Linear(h, h) for h in widths`: for each width `h`, a layer with `h` inputs and `h` units. That fits only "
            "when all widths are equal. "
            "How many weights, not counting biases, connect the hidden layers?"
        ),
        solution="H_1*H_2 + H_2*H_3",
        names={f"H_{k}": f"units of hidden layer {k}" for k in (1, 2, 3)},
        point=numbers(H_1="positive", H_2="positive", H_3="positive"),
        first_step="The matrix from the first hidden layer to the second has a row for each unit of the first.",
        slips=(
            Slip("H_1**2 + H_2**2 + H_3**2", "That is the faulty list: each matrix joins a layer to the next, not to itself."),
            Slip("H_1**2 + H_2**2", "That is the faulty list: each matrix joins a layer to the next, not to itself."),
            Slip("H_2**2 + H_3**2", "That is the faulty list: each matrix joins a layer to the next, not to itself."),
            Slip("H_1*H_2*H_3", "There are two matrices: their numbers add up."),
            Slip("H_1*H_2 + H_2*H_3 + H_1*H_3", "A layer is joined to the next only: nothing jumps over the second."),
            Slip("H_1*H_2", "That is the first of the two matrices."),
            Slip("H_2*H_3", "That is the second of the two matrices."),
            Slip("H_1*H_2 + H_2*H_3 + H_2 + H_3", "You counted the biases as well: only the weights are asked for."),
        ),
    ),
)
