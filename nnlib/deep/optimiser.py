"""The optimisers of PyTorch, set up so that a step of theirs can be recorded as a CUDA graph.

The classes of torch.optim do the same with the same functions, but they import PyTorch's compiler, which nothing here needs:
with them, every run takes two seconds longer to start.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch.optim.adam import adam
from torch.optim.sgd import sgd

from nnlib.deep.settings import MOMENTUM, MlpExperiment

# The defaults of torch.optim.Adam, AdamW and SGD.
ADAM: dict[str, Any] = {"amsgrad": False, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "maximize": False, "fused": True}
SGD: dict[str, Any] = {"dampening": 0.0, "nesterov": False, "maximize": False, "fused": True}


class Optimiser:
    """The experiment's optimiser for a network.

    Its state exists from the beginning, all zeros: a CUDA graph can change only tensors that exist.

    Parameters
    ----------
    experiment : optimiser and weight_decay are used.
    network : on the device on which it is trained.
    learning_rate : 0-D tensor on the same device, read at every step.
    """

    _update: Callable[..., None]

    def __init__(self, experiment: MlpExperiment, network: torch.nn.Module, learning_rate: torch.Tensor):
        self._named = dict(network.named_parameters())
        self._parameters = list(self._named.values())
        self._memory: dict[str, list[torch.Tensor]] = {}
        settings: dict[str, Any] = {"lr": learning_rate, "weight_decay": experiment.weight_decay}
        if experiment.optimiser in ("adam", "adamw"):
            steps = [torch.zeros((), device=learning_rate.device) for _ in self._parameters]
            self._memory = {"step": steps, "exp_avg": self._zeros(), "exp_avg_sq": self._zeros()}
            settings |= ADAM | {"decoupled_weight_decay": experiment.optimiser == "adamw"}
            means, squares = self._memory["exp_avg"], self._memory["exp_avg_sq"]
            self._update = partial(adam, exp_avgs=means, exp_avg_sqs=squares, max_exp_avg_sqs=[], state_steps=steps, **settings)
        else:
            momentum = MOMENTUM if experiment.optimiser == "momentum" else 0.0
            self._memory = {"momentum_buffer": self._zeros()} if momentum else {}
            buffers: Any = self._memory.get("momentum_buffer", [None] * len(self._parameters))
            self._update = partial(sgd, momentum_buffer_list=buffers, momentum=momentum, **settings, **SGD)

    def _zeros(self):
        return [torch.zeros_like(parameter) for parameter in self._parameters]

    def zero_grad(self) -> None:
        """Forget the gradients."""
        for parameter in self._parameters:
            parameter.grad = None

    @torch.no_grad()
    def step(self) -> None:
        """Update the parameters by their gradients."""
        self._update(self._parameters, [parameter.grad for parameter in self._parameters])

    @property
    def state(self) -> dict[str, dict[str, torch.Tensor]]:
        """The optimiser's memory: parameter name → {name: tensor}, the tensors themselves."""
        return {name: {key: of[i] for key, of in self._memory.items()} for i, name in enumerate(self._named)}
