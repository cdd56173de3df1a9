"""A training step as a CUDA graph: recorded once, then replayed with one call.

A small network's step is some forty kernels of a few microseconds; launching each from Python takes longer than running it.
A graph launches all of them at once. It can only do the very same thing again with the same tensors, so whatever changes from
step to step (which batch, which learning rate) must be counted and looked up on the device.

Source: PyTorch documentation, "CUDA Graphs", whole-network capture.
"""

import torch

WARM_UP = 3  # steps before the recording, in which libraries choose their kernels and take their memory


def recorded(step, tensors):
    """Record `step()` and return the function that replays it.

    tensors: all that a step changes, to be put back as they were, for the steps of the warm-up are not to count. A step forgets
    the last step's gradients before it makes its own. The default generator moves on, too: the caller puts it back.
    """
    with torch.cuda.device(tensors[0].device):
        kept = [tensor.detach().clone() for tensor in tensors]
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
            for tensor, before in zip(tensors, kept):
                tensor.copy_(before)
    return graph.replay
