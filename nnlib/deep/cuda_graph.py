"""A training step as a CUDA graph: recorded once, then replayed with one call.

A step of a small network is some forty kernels of a few microseconds each; to launch each of them from Python takes longer
than to run it. A graph launches all of them at once. It repeats exactly the same operations on the same tensors, so whatever
changes from step to step (the batch, the learning rate) must be looked up on the device, by a counter that is a tensor too.

Source: PyTorch documentation, "CUDA Graphs", whole-network capture.
"""

from collections.abc import Callable, Sequence

import torch

WARM_UP = 3  # steps before the recording, in which libraries choose their kernels and allocate their memory


def record(step: Callable[[], None], tensors: Sequence[torch.Tensor]) -> Callable[[], None]:
    """Record a step as a CUDA graph.

    Parameters
    ----------
    step : a function of no arguments that launches the step's kernels. It must set gradients to None before computing them.
    tensors : all that a step changes, on one CUDA device. They are restored afterwards, so that the steps of the warm-up do
        not count. The device's default generator advances too; the caller restores its state.

    Returns
    -------
    A function that replays the step.
    """
    with torch.cuda.device(tensors[0].device):
        saved = [tensor.detach().clone() for tensor in tensors]
        side = torch.cuda.Stream()
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            for _ in range(WARM_UP):
                step()
        torch.cuda.current_stream().wait_stream(side)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph, stream=side):
            step()
        with torch.no_grad():
            for tensor, before in zip(tensors, saved):
                tensor.copy_(before)
    return graph.replay
