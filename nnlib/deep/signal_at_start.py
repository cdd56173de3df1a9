"""How large a signal is in every layer of a deep network before it learns, and how large the gradient that comes back.

Weights of mean 0 and variance σ², biases of variance τ² (0 for most initialisers): z(l+1) = a(l) W + b sums n products, so

    mean square of z(l+1)  =  nσ² · mean square of a(l) + τ²              on average over the weights
    mean square of a(l+1)  =  E f(z)², z normal with that mean square     ReLU: half of it, in all nσ²/2 a layer

BatchNorm divides z by its deviation over the batch, and restarts the product: its output has mean square v / (v + ε), where
v is that variance. Source: He et al., 2015, arXiv:1502.01852; Ioffe & Szegedy, 2015, arXiv:1502.03167.

Computed with NumPy in float64, which can represent a gradient of 1e-30, and so that pages need not import torch.
"""

import math
from dataclasses import dataclass

import numpy as np

from nnlib.activations import activation_named
from nnlib.deep.settings import MOMENTUM
from nnlib.losses import one_hot, softmax

PROBE_IMAGES = 200  # images that the measurement uses
MOST_WEIGHTS = 20_000_000  # drawn within a second, in 160 MB
MOST_ORTHOGONAL = 4_000_000  # these are drawn far more slowly

BATCH_NORM_EPSILON = 1e-5  # of nn.BatchNorm1d
NORMAL_GRID = np.linspace(-8, 8, 4001)  # on which means over a normal variable are taken
NORMAL_DENSITY = np.exp(-(NORMAL_GRID**2) / 2)
NORMAL_DENSITY /= NORMAL_DENSITY.sum()

# When a gradient is too small to get through, found by training the report's network on CIFAR-10: depths 2 to 5, σ from 0.0003
# to 0.03, weight decay from 0 to 0.01, learning rates from 0.0001 to 0.03. Of 108 such networks 104 did as `obstacle` says.
DROWNED = 1.3  # times smaller than what weight decay adds, once the first steps have been made
KICK = 2.5  # learning rates by which the first steps of Adam, which are of that size whatever the gradient, enlarge the weights
ADAM = 1e-8  # what Adam adds to the size that it divides a gradient by
STANDING = 1e4  # times smaller than ADAM: without weight decay, four layers learn with luck at 500, five not at 100,000
HUNDREDTH, FAR = 0.01, 1e7  # a first little of the loss, and more steps than a training has
USUAL = 1e-3  # with a learning rate below this, small steps are due to the learning rate, not to the gradient


@dataclass(frozen=True)
class LayerSignal:
    """One layer of weights, l from 1 on.

    inputs         n, the inputs of each of its units
    units          how many there are
    deviation      σ of its weights
    predicted      root mean square of what it puts out (a(l+1), or the logits), by the formula above
    measured       the same, measured; None where no network was drawn
    gradient_norm  ‖∂J/∂W(l)‖, J the cross-entropy; None as well
    """

    layer: int
    inputs: int
    units: int
    deviation: float
    predicted: float
    measured: float | None
    gradient_norm: float | None

    @property
    def gradient_of_a_weight(self):
        """The root mean square of the entries of ∂J/∂W(l)."""
        return None if self.gradient_norm is None else self.gradient_norm / math.sqrt(self.inputs * self.units)


def look_at_start(experiment, data, draws=1):
    """`signal_at_start` as the first training images of `data`, a Dataset, show it; predicted only where `can_draw` says no."""
    X, y = probe_images(data.X_train, PROBE_IMAGES), data.y_train[:PROBE_IMAGES]
    return signal_at_start(experiment, X, y, data.classes, draws if can_draw(experiment, draws) else 0)


def can_draw(experiment, draws):
    """Whether this many draws of the network take at most about a second."""
    return draws * experiment.weights <= (MOST_ORTHOGONAL if experiment.init == "orthogonal" else MOST_WEIGHTS)


def signal_at_start(experiment, X, y, classes, draws=1):
    """A LayerSignal for each layer of weights of a freshly drawn network, input layer first.

    experiment : MlpExperiment;  X (N, D), y (N,) : images and labels to look with, as from `probe_images`.
    draws : networks that are drawn; squares are averaged over them. One draw strays by about 1/√width a layer.
        0 draws none and predicts only.
    Dropout, which leaves the mean as it is, is left out.
    """
    sizes = (X.shape[1], *experiment.hidden, classes)
    predicted = predicted_spreads(experiment, X, classes)
    drawn = [_drawn(experiment, sizes, X, y, draw) for draw in range(draws)]
    measured, gradients = np.sqrt(np.mean(drawn, axis=0)).tolist() if drawn else [[None] * len(predicted)] * 2
    return [
        LayerSignal(l + 1, n, units, _deviation(experiment, n, units), predicted[l], measured[l], gradients[l])
        for l, (n, units) in enumerate(zip(sizes, sizes[1:]))
    ]


def _deviation(experiment, n, units):
    return math.sqrt(initial_variances(experiment.init, experiment.std, n, units)[0])


def predicted_spreads(experiment, X, classes):
    """The root mean square of what each layer puts out, input layer first, as the formula has it. X (N, D): the inputs."""
    sizes = (X.shape[1], *experiment.hidden, classes)
    square, variance = float(np.mean(np.square(X))), float(X.var(axis=0).mean())  # of the signal; its variance over examples
    spreads = []
    for l, (n, units) in enumerate(zip(sizes, sizes[1:]), start=1):
        weight_variance, bias_variance = initial_variances(experiment.init, experiment.std, n, units)
        square = n * weight_variance * square + bias_variance
        if l < len(sizes) - 1:
            if experiment.batch_norm:
                variance *= n * weight_variance
                square = variance / (variance + BATCH_NORM_EPSILON)
            mean, square = activation_moments(experiment.activation, square)
            variance = square - mean**2
        spreads.append(math.sqrt(square))
    return spreads


def initial_variances(init, std, fan_in, fan_out):
    """The variances that `init` gives weights and biases: normal, he, xavier, orthogonal or torch (PyTorch's default)."""
    return {
        "normal": (std**2, 0.0),
        "he": (2 / fan_in, 0.0),
        "xavier": (2 / (fan_in + fan_out), 0.0),
        "orthogonal": (2 / max(fan_in, fan_out), 0.0),  # √2 times a matrix whose shorter side is orthonormal
        "torch": (1 / (3 * fan_in), 1 / (3 * fan_in)),  # uniform between ±1/√fan_in
    }[init]


def activation_moments(activation, variance):
    """The mean of f(z) and of f(z)² for a normal z with mean 0 and this variance."""
    z = math.sqrt(variance) * NORMAL_GRID
    a = activation_named(activation).function(z, np.empty_like(z))
    return float(NORMAL_DENSITY @ a), float(NORMAL_DENSITY @ a**2)


def probe_images(images, count):
    """The first `count` of an nnlib.data.Images as the deep network sees them: (count, D), from −1 to 1."""
    return images.raw(slice(count)).reshape(count, -1) * (2 / images.white) - 1


def draw_weights(init, std, fan_in, fan_out, rng):
    """W (fan_in, fan_out) and b (fan_out,), float64, by the initialiser `init`."""
    if init == "torch":
        bound = 1 / math.sqrt(fan_in)
        return rng.uniform(-bound, bound, (fan_in, fan_out)), rng.uniform(-bound, bound, fan_out)
    W = rng.standard_normal((fan_in, fan_out))
    if init == "orthogonal":
        tall = W if fan_in >= fan_out else W.T
        Q, R = np.linalg.qr(tall)
        Q *= np.sign(np.diag(R))  # makes every orthogonal matrix equally likely
        return math.sqrt(2) * (Q if fan_in >= fan_out else Q.T), np.zeros(fan_out)
    return math.sqrt(initial_variances(init, std, fan_in, fan_out)[0]) * W, np.zeros(fan_out)


def _drawn(experiment, sizes, X, y, draw):
    """What `pass_through` finds in the network of this draw."""
    rng = np.random.default_rng([experiment.seed, 3, draw])
    layers = [draw_weights(experiment.init, experiment.std, n, units, rng) for n, units in zip(sizes, sizes[1:])]
    return pass_through(layers, X, y, experiment.activation, experiment.batch_norm)


def pass_through(layers, X, y, activation, batch_norm):
    """Forward and backward through `layers`, a list of (W, b).

    Returns (2, layers): the mean square of what each layer puts out, and ‖∂J/∂W‖² of each.
    """
    activation = activation_named(activation)
    a, norms = [X], []  # a[l]: the inputs of layer l + 1; norms[l]: what BatchNorm did before the activation that made a[l + 1]
    for W, b in layers[:-1]:
        z = a[-1] @ W + b
        scale = 1 / np.sqrt(z.var(axis=0) + BATCH_NORM_EPSILON)
        if batch_norm:
            z = (z - z.mean(axis=0)) * scale
        norms.append((z, scale))
        a.append(activation.function(z, np.empty_like(z)))
    W, b = layers[-1]
    logits = a[-1] @ W + b
    squares = [np.mean(np.square(array)) for array in (*a[1:], logits)]

    delta = (softmax(logits) - one_hot(y, logits.shape[1])) / len(y)
    gradients = [np.sum(np.square(a[-1].T @ delta))]
    for l in range(len(layers) - 1, 0, -1):
        delta = activation.multiply_by_derivative(delta @ layers[l][0].T, a[l])
        if batch_norm:
            z, scale = norms[l - 1]
            delta = scale * (delta - delta.mean(axis=0) - z * np.mean(delta * z, axis=0))
        gradients.insert(0, np.sum(np.square(a[l - 1].T @ delta)))
    return np.array([squares, gradients])


def obstacle(experiment, layers):
    """What keeps the gradient from moving the weights of a network that begins with these LayerSignals, as one of

    zero      it is 0 in every layer
    standing  sgd, momentum: it is so small that steps along it lead nowhere
    drowned   adam: what weight decay adds to it is far larger
    below     adam, adamw: it is far below the ε that the optimiser adds to its size before it divides by it

    or None: it gets through, or nothing was measured.
    """
    gradients = [each.gradient_of_a_weight for each in layers]
    if None in gradients or not all(map(math.isfinite, gradients)):
        return None
    if not any(gradients):
        return "zero"
    if experiment.optimiser in ("sgd", "momentum"):
        return "standing" if steps_to_move(experiment, layers) >= FAR else None
    if max(gradients) * DROWNED * _kicked(experiment, layers) < largest_decay(experiment, layers):
        return "drowned"
    return "below" if below_epsilon(layers) else None


def _kicked(experiment, layers):
    """By how much the first steps of Adam raise the gradient over what weight decay adds.

    A gradient is the product of the other layers' weights, what decay adds is that of its own layer's: so of the weights'
    growth, one power fewer than there are hidden layers is left.
    """
    largest = max(each.deviation for each in layers)
    return (1 + KICK * experiment.learning_rate / largest) ** (len(layers) - 2)


def below_epsilon(layers):
    """Whether Adam's ε alone keeps the gradients from moving the weights."""
    return max(each.gradient_of_a_weight for each in layers) * STANDING < ADAM


def largest_decay(experiment, layers):
    return max(decay_of_a_weight(experiment, each) for each in layers)


def decay_of_a_weight(experiment, layer):
    """The root mean square of what weight decay adds to the gradient of a layer's weights. AdamW keeps it apart."""
    return 0.0 if experiment.optimiser == "adamw" else experiment.weight_decay * layer.deviation


def steps_to_move(experiment, layers):
    """How many steps of sgd or momentum the weights need, on the slope they begin on, to lower the loss by HUNDREDTH; inf on
    level ground."""
    pace = max(experiment.learning_rate, USUAL) * sum(each.gradient_norm**2 for each in layers)
    if experiment.optimiser == "momentum":
        pace /= 1 - MOMENTUM
    return HUNDREDTH / pace if pace else math.inf
