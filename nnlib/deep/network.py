"""The PyTorch MLP: its layers in the report's order, its initial weights, and a measurement of the signal in each layer.

    z(l+1) = a(l) W(l) + b(l) + z(l);  a(l+1) = dropout(f(norm(z(l+1))))        the last layer gives the logits z

"+ z(l)" is a residual connection, only where the experiment has one. Source: He et al., 2016, arXiv:1603.05027.

PyTorch stores a layer's weights as fan_out × fan_in: the transpose of W(l).
"""

import copy
import math
from collections.abc import Sequence
from typing import Any

import torch
from torch import nn

from nnlib.deep.settings import MlpExperiment

ACTIVATIONS = {"relu": nn.ReLU, "tanh": nn.Tanh, "sigmoid": nn.Sigmoid, "identity": nn.Identity}


class Network(nn.Sequential):
    """Modules in a row. skips: for each nn.Linear, whether it adds the output of the one before to its own."""

    def __init__(self, modules: Sequence[nn.Module], skips: Sequence[bool]):
        super().__init__(*modules)
        self.skips = tuple(skips)

    def forward(self, X: torch.Tensor) -> torch.Tensor:
        """Return the logits (B, K) of the inputs X (B, D)."""
        out, z, skips = X, X, iter(self.skips)
        for module in self:
            out = module(out)
            if isinstance(module, nn.Linear):
                out = z = out + z if next(skips) else out
        return out


def build_network(experiment: MlpExperiment, inputs: int, classes: int) -> Network:
    """Build the experiment's network, on the processor. The same seed gives the same weights.

    inputs, classes : D and K, the size of the first and of the last layer.
    """
    layers: list[nn.Module] = []
    fan_in = inputs
    for width, activation in zip(experiment.hidden, experiment.activation_of_layers):
        layers.append(_linear(fan_in, width))
        if experiment.normalised:
            layers.append({"batch": nn.BatchNorm1d, "layer": nn.LayerNorm}[experiment.normalised](width))
        layers.append(ACTIVATIONS[activation]())
        if experiment.dropout:
            layers.append(nn.Dropout(experiment.dropout))
        fan_in = width
    network = Network([*layers, _linear(fan_in, classes)], experiment.skips)
    draw_weights(network, experiment.init, experiment.std, experiment.seed)
    return network


def _linear(fan_in: int, fan_out: int) -> nn.Linear:
    """An nn.Linear without initial weights: it would draw them from the generator of the whole program."""
    return nn.utils.skip_init(nn.Linear, fan_in, fan_out)


def draw_weights(network: nn.Sequential, init: str, std: float, seed: int) -> None:
    """Draw all weights, and set the biases to 0; "torch" draws both as nn.Linear does.

    std : standard deviation, which only the initialiser "normal" uses.
    """
    generator = torch.Generator().manual_seed(seed)
    for layer in linear_layers(network):
        fan_out, fan_in = layer.weight.shape
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


def linear_layers(network: nn.Sequential) -> list[nn.Linear]:
    """Return the nn.Linear modules, input layer first."""
    return [module for module in network if isinstance(module, nn.Linear)]


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
    dead_share        share of the units that are off for every example (ReLU only, else None)
    """
    probe = copy.deepcopy(network).train()
    for module in probe:
        if isinstance(module, nn.Dropout):
            module.eval()
    outputs: list[tuple[torch.Tensor, bool]] = []
    for module in probe:
        if type(module) in ACTIVATIONS.values():
            module.register_forward_hook(lambda module, _, a: outputs.append((a.detach(), isinstance(module, nn.ReLU))))
    with torch.enable_grad():
        logits = probe(X)
        nn.functional.cross_entropy(logits, y).backward()
    outputs.append((logits.detach(), False))
    return [
        {
            "layer": l,
            "activation_norm": float(norm(a)) / math.sqrt(a.numel()),
            "gradient_norm": float(norm(layer.weight.grad)),
            "dead_share": int((a <= 0).all(dim=0).sum()) / a.shape[1] if is_relu else None,
        }
        for l, ((a, is_relu), layer) in enumerate(zip(outputs, linear_layers(probe)), start=1)
    ]


def norm(tensor: Any) -> torch.Tensor:
    """The root of the sum of squares. Scaled first: the square of 1e-25, a size found in deep layers, is 0 in float32."""
    largest = tensor.abs().max().clamp_min(torch.finfo(tensor.dtype).tiny)
    return largest * (tensor / largest).square().sum().sqrt()
