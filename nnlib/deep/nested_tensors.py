"""Nested dicts of tensors, as the states of a network and its optimiser are."""

from typing import Any

import torch


def check_fit(own: Any, given: Any, path: str = "") -> None:
    """Raise ValueError unless both nested dicts have the same names, and tensors of the same shapes and types."""
    if isinstance(own, dict):
        if not isinstance(given, dict) or own.keys() != given.keys():
            raise ValueError(f"The checkpoint does not fit: {path or 'it'} has other parts than this network.")
        for name, value in own.items():
            check_fit(value, given[name], f"{path}/{name}" if path else str(name))
    elif not isinstance(given, torch.Tensor) or (given.shape, given.dtype) != (own.shape, own.dtype):
        raise ValueError(f"The checkpoint does not fit: {path} must be {tuple(own.shape)} {own.dtype}.")


def copied(tensors: Any) -> Any:
    """Return a copy, on the processor, of a nested dict of tensors."""
    if isinstance(tensors, dict):
        return {name: copied(value) for name, value in tensors.items()}
    return tensors.detach().to("cpu", copy=True)


def copy_into(own: dict[str, Any], given: dict[str, Any]) -> None:
    """Copy the tensors of the nested dict `given` into those of `own`, which has the same names and shapes."""
    for name, value in own.items():
        if isinstance(value, dict):
            copy_into(value, given[name])
        else:
            value.copy_(given[name])
