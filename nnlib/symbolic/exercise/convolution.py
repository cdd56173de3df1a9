"""Exercises of the lesson on convolution: sizes, shared weights, and their gradients."""

from dataclasses import replace

from nnlib.symbolic.answers.points import Draw, Point, RenamedPoints, network, numbers
from nnlib.symbolic.exercise.exercise import Exercise, Slip
from nnlib.symbolic.exercise.names import network_names

R, Q = "pixels in a row of the image", "pixels in a row of the filter"


def _patches(drawn: Point) -> Point:
    """The network of the lessons with the patches in the place of the inputs."""
    return replace(drawn, values={"P1": drawn.values["X"], **drawn.values})


patches = RenamedPoints(network, _patches)


def _names(*names: str) -> dict[str, str]:
    """The names of a convolutional layer: patches are rows, filters are columns."""
    ours = {
        "P1": "$P^{(1)}$, the patches, one in each row, N×D",
        "W1": "$W^{(1)}$, the filters, one in each column, D×H",
        "dz2": r"$\frac{\partial J}{\partial z^{(2)}}$, the upstream gradient, N×H",
        "N": "the number of patches",
    }
    return {name: ours.get(name) or network_names(name)[name] for name in names}


def _row(draw: Draw) -> Point:
    """Four pixels, two weights, and the upstream gradients of the three sums."""
    names = ("x_1", "x_2", "x_3", "x_4", "w_1", "w_2", "g_1", "g_2", "g_3")
    return numbers(**dict.fromkeys(names, "signed"))(draw)


ROW = r"A row of four pixels, and a filter of two weights: $z_n = w_1 x_n + w_2 x_{n+1} + b$ for $n = 1, 2, 3$. "
UPSTREAM = r"The upstream gradients are $g_n = \partial J/\partial z_n$. "
GIVEN = {
    **{f"g_{n}": f"the upstream gradient of $z_{n}$" for n in (1, 2, 3)},
    **{f"w_{d}": f"weight {d} of the filter" for d in (1, 2)},
}

EXERCISES = (
    Exercise(
        id="convolution-size",
        lesson="convolution",
        title="How many positions",
        prompt=(
            "An image has $R$ pixels in a row, and a filter has $Q$. Around the image, $E$ pixels of padding are put on each "
            "side. The stride is 1. At how many positions in a row does the filter fit?"
        ),
        solution="R + 2*E - Q + 1",
        names={"R": R, "Q": Q, "E": "pixels of padding on each side"},
        point=numbers(R="positive", Q="positive", E="positive"),
        first_step="How far is it from the first position to the last? The first position counts too.",
        slips=(
            Slip("R + 2*E - Q", "That is the way from the first position to the last. The first one counts too."),
            Slip("R + E - Q + 1", "The padding is put on both sides."),
            Slip("R - Q + 1", "That is without the padding."),
            Slip("R + 2*E - Q - 1", "Try it with $R = Q$ and no padding: the filter fits once."),
            Slip("R + 2*E", "The filter has to lie inside the image and its padding as a whole."),
        ),
    ),
    Exercise(
        id="convolution-same",
        lesson="convolution",
        title="As large as before",
        prompt=(
            "A filter has $Q$ pixels in a row, an odd number, and the stride is 1. How many pixels of padding on each side "
            "make the result as large as the image?"
        ),
        solution="(Q - 1)/2",
        names={"Q": Q},
        point=numbers(Q="positive"),
        first_step="Without padding, a row of the result is shorter than that of the image. By how much?",
        slips=(
            Slip("Q - 1", "That is for both sides together."),
            Slip("Q/2", "Try it with $Q = 1$: such a filter needs no padding."),
            Slip("(Q + 1)/2", "Try it with $Q = 1$: such a filter needs no padding."),
        ),
    ),
    Exercise(
        id="convolution-parameters",
        lesson="convolution",
        title="How many numbers a convolution learns",
        prompt=(
            "An image has $C$ channels, as red, green and blue. $H$ filters of $Q×Q$ pixels see all channels, and each filter "
            "has a bias. How many numbers are learned?"
        ),
        solution="C*H*Q**2 + H",
        names={"C": "channels of the image", "H": "filters", "Q": Q},
        point=numbers(C="positive", H="positive", Q="positive"),
        first_step="How many weights does one filter have? It has as many for each channel.",
        slips=(
            Slip("C*H*Q**2", "Those are the weights. The biases are learned too."),
            Slip("H*Q**2 + H", "A filter has weights of its own for each channel."),
            Slip("C*H*Q + H", "A filter has $Q$ rows of $Q$ weights."),
            Slip("C*H*Q**2 + C*H", "A filter adds up all channels, and has one bias."),
            Slip("C*Q**2 + 1", "That is one filter."),
        ),
    ),
    Exercise(
        id="convolution-dense",
        lesson="convolution",
        title="The same layer without sharing",
        prompt=(
            "A filter of $Q×Q$ pixels slides over an image of $R×R$, with stride 1 and no padding. A fully connected layer "
            "that gives as many sums has a weight from every pixel to every sum. How many weights is that?"
        ),
        solution="R**2*(R - Q + 1)**2",
        names={"R": R, "Q": Q},
        point=numbers(R="positive", Q="positive"),
        first_step="How many pixels are there, and how many sums? Each pixel has a weight to each sum.",
        slips=(
            Slip("Q**2", "That is the filter, with its shared weights."),
            Slip("Q**2*(R - Q + 1)**2", "Each sum has a weight for every pixel here, not only for those below the filter."),
            Slip("R**2*(R - Q)**2", "The first position of the filter counts too."),
            Slip("R*(R - Q + 1)", "That is for one row of pixels. The image has rows and columns."),
            Slip("R**2*(R - Q + 1)", "The filter slides along both sides of the image."),
        ),
    ),
    Exercise(
        id="convolution-two-layers",
        lesson="convolution",
        title="What a unit sees",
        prompt=(
            "Two convolutions follow each other, both with filters of $Q×Q$ and stride 1. How many "
            "pixels of one row of the image does a number of the second result depend on?"
        ),
        solution="2*Q - 1",
        names={"Q": Q},
        point=numbers(Q="positive"),
        first_step="It sees $Q$ neighbours of the first result in a row. Their windows are shifted by one pixel each.",
        slips=(
            Slip("2*Q", "The windows of neighbours overlap."),
            Slip("Q**2", "Neighbours see nearly the same pixels: each further one adds a single pixel."),
            Slip("Q", "That is what the first convolution sees."),
            Slip("2*Q + 1", "Try it with $Q = 1$: such filters see a single pixel."),
        ),
    ),
    Exercise(
        id="convolution-shared",
        lesson="convolution",
        title="The gradient of a shared weight",
        prompt=f"{ROW}{UPSTREAM}Write $\\dfrac{{\\partial J}}{{\\partial w_1}}$.",
        solution="g_1*x_1 + g_2*x_2 + g_3*x_3",
        names={**GIVEN, **{f"x_{n}": f"pixel {n}" for n in (1, 2, 3, 4)}},
        point=_row,
        first_step="$w_1$ stands in all three sums. In each, what is it multiplied by?",
        slips=(
            Slip("g_1*x_1", "That is the share of the first position. The weight is used at every position."),
            Slip("(g_1*x_1 + g_2*x_2 + g_3*x_3)/3", "Add the positions: $J$ is not their mean."),
            Slip("g_1*x_2 + g_2*x_3 + g_3*x_4", "That is the gradient of the other weight."),
            Slip("g_1*w_1 + g_2*w_1 + g_3*w_1", "The derivative of $w x$ with respect to $w$ is $x$: the pixel."),
            Slip("(g_1 + g_2 + g_3)*(x_1 + x_2 + x_3)", "Each position multiplies its own pixel and its own gradient."),
        ),
    ),
    Exercise(
        id="convolution-pixel",
        lesson="convolution",
        title="The gradient of a pixel",
        prompt=f"{ROW}{UPSTREAM}Write $\\dfrac{{\\partial J}}{{\\partial x_2}}$.",
        solution="g_1*w_2 + g_2*w_1",
        names={**GIVEN, "x_2": "pixel 2"},
        point=_row,
        first_step="In which of the three sums does $x_2$ stand? In each of them, with which weight?",
        slips=(
            Slip("g_2*w_1", "The pixel lies in two patches."),
            Slip("g_1*w_2", "The pixel lies in two patches."),
            Slip("g_1*w_1 + g_2*w_2", "The filter runs backwards here: which weight lies on $x_2$ at the first position?"),
            Slip("g_2*w_1 + g_3*w_2", "That would be a sum over the patches after it: $x_2$ is not in the third one."),
        ),
    ),
    Exercise(
        id="convolution-dw",
        lesson="convolution",
        title="All weights of all filters",
        prompt=(
            r"With the patches of an image as the rows of $P^{(1)}$, a convolution is $z^{(2)} = P^{(1)}W^{(1)} + b^{(1)}$. "
            r"Write $\dfrac{\partial J}{\partial W^{(1)}}$ with the upstream gradient `dz2`, without a penalty."
        ),
        solution="P1.T @ dz2",
        names=_names("P1", "W1", "dz2", "N"),
        point=patches,
        first_step="$P^{(1)}$ stands where a batch $X$ stood, and each patch is an example.",
        slips=(
            Slip("P1.T @ dz2/N", "Add the positions: $J$ is not their mean."),
            Slip("dz2.T @ P1", "That is H×D, the transpose: $W^{(1)}$ is D×H."),
            Slip("dz2 @ W1.T", "That is the gradient of the patches. Here the weights are asked for."),
        ),
    ),
    Exercise(
        id="convolution-db",
        lesson="convolution",
        title="Find the mistake: the bias of a filter",
        prompt=(
            r"Someone writes $\dfrac{\partial J}{\partial b^{(1)}} = \dfrac{\partial J}{\partial z^{(2)}}$ for a convolution. "
            r"That is N×H, a number for each position and filter, but there are $H$ biases. Write it correctly, with `dz2`."
        ),
        solution="sum(dz2, axis=0)",
        names=_names("dz2", "ones", "N"),
        point=patches,
        first_step="The bias of a filter is added at every position.",
        slips=(
            Slip("dz2", "That is the mistake itself: each position has a share, and a bias collects them all."),
            Slip("sum(dz2, axis=0)/N", "Add the positions: $J$ is not their mean."),
            Slip("sum(dz2, axis=1)", "That adds over the filters. There is a bias for each of them."),
            Slip("sum(dz2)", "That adds everything to one number. There is a bias for each filter."),
        ),
    ),
    Exercise(
        id="convolution-dp",
        lesson="convolution",
        title="Back to the patches",
        prompt=r"In $z^{(2)} = P^{(1)}W^{(1)} + b^{(1)}$, write $\dfrac{\partial J}{\partial P^{(1)}}$ with `dz2`.",
        solution="dz2 @ W1.T",
        names=_names("P1", "W1", "dz2"),
        point=patches,
        first_step="$P^{(1)}$ is N×D. Which product of an N×H and a D×H matrix gives that?",
        slips=(
            Slip("P1.T @ dz2", "That is the gradient of the weights. Here the patches are asked for."),
            Slip("W1 @ dz2.T", "That is D×N, the transpose: $P^{(1)}$ is N×D."),
        ),
    ),
)
