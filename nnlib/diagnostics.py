"""The vital signs of a network in training, one record for each weight layer.

- update_ratio   ‖ΔW‖ / ‖W‖ of the last step: healthy near 10⁻³, a sign of a wrong learning rate far from it;
- dead_share     share of the units that no probe example switches on (ReLU only, else None);
- activation_norm   root mean square of the layer's output on the probe, logits for the last layer;
- gradient_norm  ‖∂J/∂W‖ of the last step.

Source of the update ratio: Karpathy, CS231n notes "Neural Networks 3", Stanford.
"""

import numpy as np


def layer_diagnostics(net, step, weights_before, z, a):
    """A list of dicts, input layer first.

    Parameters: net; step, the TrainingStep just taken; weights_before, the dict of its W arrays from before that step;
    z, a, the forward pass (`MLP.forward`) of a few probe examples.
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


def _dead_share(net, a, l):
    if l == net.depth or net.activation.name != "relu":
        return None
    return float(1 - (a[l + 1] > 0).any(axis=0).mean())


def _norm(array):
    flat = array.ravel()
    return float(np.sqrt(flat @ flat))


def _root_mean_square(array):
    return _norm(array) / np.sqrt(array.size).item()
