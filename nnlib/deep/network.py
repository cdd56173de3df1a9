"""The PyTorch network: its layers in the report's order, its initial weights, and a measurement of the signal in each layer.

    z(l+1) = a(l) W(l) + b(l) + z(l);  a(l+1) = dropout(f(norm(z(l+1))))        the last layer gives the logits z

"+ z(l)" is a residual connection, only where the experiment has one. Source: He et al., 2016, arXiv:1603.05027. A
convolutional network computes z with the same 3 × 3 filters at every place of its pictures, pools what each layer puts out, and
averages each channel over the last pictures.

PyTorch stores a layer's weights as fan_out × fan_in: the transpose of W(l).
"""

import copy
import math
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import nn

from nnlib.deep.settings import FILTER, NARROWEST, MlpExperiment

ACTIVATIONS = {"relu": nn.ReLU, "tanh": nn.Tanh, "sigmoid": nn.Sigmoid, "identity": nn.Identity}


WEIGHTED = (nn.Linear, nn.Conv2d)


class Pixels(nn.Module):
    """Images as rows (B, D) to images (B, channels, height, width), without moving a number. shape: height, width, channels."""

    def __init__(self, shape: tuple[int, int, int]):
        super().__init__()
        self.shape = shape

    def forward(self, X: torch.Tensor) -> torch.Tensor:
        """Return the images of X."""
        return X.view(-1, *self.shape).permute(0, 3, 1, 2)


class Network(nn.Sequential):
    """Modules in a row. skips: for each layer of weights, whether it adds the output of the one before to its own."""

    def __init__(self, modules: Sequence[nn.Module], skips: Sequence[bool]):
        super().__init__(*modules)
        self.skips = tuple(skips)

    def forward(self, X: torch.Tensor) -> torch.Tensor:
        """Return the logits (B, K) of the inputs X (B, D)."""
        out, z, skips = X, X, iter(self.skips)
        for module in self:
            out = module(out)
            if isinstance(module, WEIGHTED):
                out = z = out + z if next(skips) else out
        return out


def build_network(experiment: MlpExperiment, inputs: int, classes: int) -> Network:
    """Build the experiment's network, on the processor. The same seed gives the same weights.

    inputs, classes : D and K, the size of the first and of the last layer.
    """
    hidden = _convolutions(experiment) if experiment.channels else _fully_connected(experiment, inputs)
    network = Network([*hidden, _empty(nn.Linear, experiment.hidden[-1], classes)], experiment.skips)
    draw_weights(network, experiment.init, experiment.std, experiment.seed)
    return network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # in which images are stored


def _fully_connected(experiment: MlpExperiment, inputs: int) -> list[nn.Module]:
    layers: list[nn.Module] = []
    norms = {"batch": nn.BatchNorm1d, "layer": nn.LayerNorm}
    for fan_in, width, activation in zip((inputs, *experiment.hidden), experiment.hidden, experiment.activation_of_layers):
        layers.append(_empty(nn.Linear, fan_in, width))
        layers += [norms[experiment.normalised](width)] if experiment.normalised else []
        layers += _after_a_sum(experiment, activation)
    return layers


def _convolutions(experiment: MlpExperiment) -> list[nn.Module]:
    layers: list[nn.Module] = [Pixels(experiment.image_shape)]
    norms: dict[str, Callable[[int], nn.Module]] = {
        "batch": nn.BatchNorm2d,
        "layer": lambda channels: nn.GroupNorm(1, channels),
    }
    before = (experiment.image_shape[-1], *experiment.channels)
    for c, channels, side, activation in zip(before, experiment.channels, experiment.sides, experiment.activation_of_layers):
        layers.append(_empty(nn.Conv2d, c, channels, FILTER, padding=FILTER // 2))
        layers += [norms[experiment.normalised](channels)] if experiment.normalised else []
        layers += _after_a_sum(experiment, activation)
        layers += [nn.MaxPool2d(2)] if side > NARROWEST else []
    return [*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten()]


def _after_a_sum(experiment: MlpExperiment, activation: str) -> list[nn.Module]:
    return [ACTIVATIONS[activation](), *([nn.Dropout(experiment.dropout)] if experiment.dropout else [])]


def _empty(kind: type[nn.Module], *sizes: int, **options: int) -> Any:
    """A layer without initial weights: it would draw them from the generator of the whole program.

    torch.nn.utils.skip_init does the same, but imports PyTorch's compiler: see optimiser.py.
    """
    layer = kind(*sizes, device="meta", **options)
    for name, parameter in [*layer.named_parameters()]:
        setattr(layer, name, nn.Parameter(torch.empty(parameter.shape)))
    return layer


def draw_weights(network: nn.Sequential, init: str, std: float, seed: int) -> None:
    """Draw all weights, and set the biases to 0; "torch" draws both as nn.Linear and nn.Conv2d do.

    std : standard deviation, which only the initialiser "normal" uses.
    """
    generator = torch.Generator().manual_seed(seed)
    for layer in weight_layers(network):
        fan_in = layer.weight[0].numel()
        nn.init.zeros_(layer.bias)
        if init == "normal":
            nn.init.normal_(layer.weight, 0.0, std, generator)
        elif init == "he":
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu", generator=generator)
        elif init == "xavier":
            nn.init.xavier_normal_(layer.weight, generator=generator)
        elif init == "orthogonal":
            nn.init.orthogonal_(layer.weight, math.sqrt(2), generator)  # √2 makes up for the ReLU, as He's does
        else:
            for parameter in (layer.weight, layer.bias):
                nn.init.uniform_(parameter, -1 / math.sqrt(fan_in), 1 / math.sqrt(fan_in), generator)


def weight_layers(network: nn.Sequential) -> list[Any]:
    """Return the modules with weights, those of norms aside, input layer first."""
    return [module for module in network if isinstance(module, WEIGHTED)]


def layer_signals(network: nn.Sequential, X: torch.Tensor, y: torch.Tensor) -> list[dict[str, Any]]:
    """Measure the signal and the gradient in each layer of weights. The network is not changed.

    BatchNorm uses the statistics of this batch, as in training; Dropout lets all units pass.

    Parameters
    ----------
    X, y : a probe batch, (B, D) and (B,).

    Returns
    -------
    A dict for each layer of weights, input layer first, with its number "layer" and

    activation_norm   root mean square of the layer's output: of a(l+1), or of the logits
    gradient_norm     ‖∂J/∂W(l)‖, J the cross-entropy of the batch
    dead_share        share of the units, or channels, that are off for every example, at every place (ReLU only, else None)
    """
    probe = copy.deepcopy(network).train()
    for module in probe:
        if isinstance(module, nn.Dropout):
            module.eval()
    with torch.enable_grad():
        outputs = activations(probe, X)
        nn.functional.cross_entropy(outputs[-1][0], y).backward()
    return [
        {
            "layer": l,
            "activation_norm": float(norm(a.detach())) / math.sqrt(a.numel()),
            "gradient_norm": float(norm(layer.weight.grad)),
            "dead_share": int((a <= 0).transpose(0, 1).flatten(1).all(dim=1).sum()) / a.shape[1] if is_relu else None,
        }
        for l, ((a, is_relu), layer) in enumerate(zip(outputs, weight_layers(probe)), start=1)
    ]


def activations(network: nn.Sequential, X: torch.Tensor) -> list[tuple[torch.Tensor, bool]]:
    """Return the output of each activation and, last, the logits, for inputs X (B, D); each with whether it is a ReLU's."""
    outputs: list[tuple[torch.Tensor, bool]] = []

    def take(module: nn.Module, _: Any, out: torch.Tensor) -> None:
        outputs.append((out.detach(), isinstance(module, nn.ReLU)))

    hooks = [module.register_forward_hook(take) for module in network if type(module) in ACTIVATIONS.values()]
    try:
        logits = network(X)
    finally:
        for hook in hooks:
            hook.remove()
    return [*outputs, (logits, False)]


def norm(tensor: Any) -> torch.Tensor:
    """The root of the sum of squares. Scaled first: the square of 1e-25, a size found in deep layers, is 0 in float32."""
    largest = tensor.abs().max().clamp_min(torch.finfo(tensor.dtype).tiny)
    return largest * (tensor / largest).square().sum().sqrt()
