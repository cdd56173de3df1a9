"""Figures that show whether the training of each weight layer is healthy.

- update_ratio   ‖ΔW‖ / ‖W‖ of the last step: near 10⁻³ if training goes well; far from it, change the learning rate;
- dead_share     share of the units that are off for every probe example (ReLU only, else None);
- activation_norm   root mean square of the layer's output on the probe, logits for the last layer;
- gradient_norm  ‖∂J/∂W‖ of the last step.

Source of the update ratio: Karpathy, CS231n notes "Neural Networks 3", Stanford.
"""

from typing import Any

import numpy as np

from nnlib.fast_step import TrainingStep
from nnlib.network import MLP
from nnlib.support.arrays import Array


def layer_diagnostics(
    net: MLP, step: TrainingStep, weights_before: dict[int, Array], z: dict[int, Array], a: dict[int, Array]
) -> list[dict[str, Any]]:
    """Compute the figures of every weight layer.

    Parameters
    ----------
    net : the network after the step.
    step : the TrainingStep just taken.
    weights_before : l → W(l) before that step.
    z, a : the forward pass (`MLP.forward`) of some probe examples.

    Returns
    -------
    A dict for each weight layer, input layer first: "layer" and the four figures above.
    """
    return [
        {
            "layer": l,
            "update_ratio": _norm(net.params[f"W{l}"] - weights_before[l]) / max(_norm(weights_before[l]), 1e-30),
            "dead_share": _dead_share(net, a, l),
            "activation_norm": _root_mean_square(a[l + 1] if l < net.depth else z[l + 1]),
            "gradient_norm": step.gradient_norm(l),
        }
        for l in range(1, net.depth + 1)
    ]


def _dead_share(net: MLP, a: dict[int, Array], l: int) -> float | None:
    if l == net.depth or net.activations[l + 1].name != "relu":
        return None
    return float(1 - (a[l + 1] > 0).any(axis=0).mean())


def _norm(array: Array) -> float:
    flat = array.ravel()
    return float(np.sqrt(flat @ flat))


def _root_mean_square(array: Array) -> float:
    return _norm(array) / np.sqrt(array.size).item()
