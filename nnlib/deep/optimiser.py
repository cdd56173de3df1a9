"""The optimisers of PyTorch, set up so that a step of theirs can be recorded as a CUDA graph."""

import warnings

import torch

from nnlib.deep.settings import MOMENTUM, MlpExperiment


def make_optimiser(experiment: MlpExperiment, network: torch.nn.Module, learning_rate: torch.Tensor) -> torch.optim.Optimizer:
    """Make the experiment's optimiser for a network.

    Its state exists from the beginning, all zeros: a CUDA graph can change only tensors that exist.

    Parameters
    ----------
    experiment : optimiser and weight_decay are used.
    network : on the device on which it is trained.
    learning_rate : 0-D tensor on the same device, read at every step.
    """
    parameters = list(network.parameters())
    weight_decay = experiment.weight_decay
    optimiser: torch.optim.Optimizer
    if experiment.optimiser in ("momentum", "sgd"):
        momentum = MOMENTUM if experiment.optimiser == "momentum" else 0.0
        optimiser = torch.optim.SGD(parameters, learning_rate, momentum, weight_decay=weight_decay, fused=True)
    else:
        kind = torch.optim.Adam if experiment.optimiser == "adam" else torch.optim.AdamW
        optimiser = kind(
            parameters, learning_rate, weight_decay=weight_decay, fused=True, capturable=learning_rate.is_cuda
        )  # fmt: skip
    for parameter in parameters:
        parameter.grad = torch.zeros_like(parameter)
    with warnings.catch_warnings():  # PyTorch warns of a capturable optimiser that steps outside a graph
        warnings.simplefilter("ignore")
        optimiser.step()  # with a learning rate of 0
    optimiser.zero_grad(set_to_none=True)
    for slot in optimiser.state.values():
        for value in slot.values():
            if isinstance(value, torch.Tensor):
                value.zero_()
    return optimiser


def optimiser_state(optimiser: torch.optim.Optimizer, network: torch.nn.Module) -> dict[str, dict[str, torch.Tensor]]:
    """Return the optimiser's memory: parameter name → {name: tensor}, the tensors themselves."""
    return {
        name: {key: value for key, value in optimiser.state[parameter].items() if value is not None}
        for name, parameter in network.named_parameters()
    }
