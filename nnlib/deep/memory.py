"""How much main memory the process of a deep network needs, estimated from its settings.

Fitted to the peak of a process's own memory (RssAnon of /proc/self/status) on a processor, of eleven networks with 0.2 to 97
million weights and batches of 200 to 8,192, and of the two convolutional presets: the estimates are 6 to 39 % above the
measurements. The images of CIFAR-10, 184 MB that all processes share, are not counted. On an NVIDIA GPU, fitted to twelve
networks without convolutions on an H200 with torch 2.11: 1 to 7 % above.
"""

from nnlib.deep.devices_here import best_known
from nnlib.deep.settings import CLUSTER, DepthTable, MlpExperiment

MIB = 1024**2
BASE = 350 * MIB  # bytes of a process with PyTorch, and of evaluating 2,000 images of CIFAR-10
BASE_CUDA = 1020 * MIB  # bytes of a process with PyTorch and CUDA
NUMBER = 4  # bytes of a float32
MOMENTS = {"adam": 2, "adamw": 2, "momentum": 1, "sgd": 0}  # numbers that an optimiser stores for each weight
WEIGHT_AND_GRADIENT = 2
COPIES = 4  # for each weight: the probe's copy and its gradients after an epoch, or the checkpoint that is read
OF_A_PIXEL = 4  # numbers of a batch for each input, with what augmentation computes
OF_A_UNIT = 5  # numbers of a batch that a hidden layer computes: outputs, activations and their gradients
OF_POOLING = 1  # for each unit: a quarter of what pooling computes, keeps as an index of eight bytes, and gets as a gradient


def memory_bytes(settings: MlpExperiment | DepthTable) -> int:
    """Return the most bytes of main memory that the process of this run has for itself, as an estimate.

    On an NVIDIA GPU, the main memory holds only what a checkpoint stores; on a cluster nothing of the network; Apple's GPU has
    the same memory as the processor. The device "auto" is the best that was found on this machine.
    """
    if isinstance(settings, DepthTable):
        return max(map(memory_bytes, settings.experiments()))
    if settings.device == CLUSTER:
        return BASE
    # Only PyTorch, in another process, knows what "auto" is. Until it has answered, a processor's need counts.
    device = best_known() or "cpu" if settings.device == "auto" else settings.device
    if device.startswith("cuda"):
        return BASE_CUDA + NUMBER * (1 + MOMENTS[settings.optimiser]) * settings.weights
    stored = MOMENTS[settings.optimiser] + WEIGHT_AND_GRADIENT
    at_rest = (stored + COPIES) * settings.weights
    of_a_unit = OF_A_UNIT + (settings.normalised is not None) + settings.residual + (settings.dropout > 0)
    of_a_unit += OF_POOLING * bool(settings.channels)
    of_an_image = OF_A_PIXEL * settings.sizes[0] + of_a_unit * settings.outputs
    in_a_step = stored * settings.weights + min(settings.batch_size, settings.images) * of_an_image
    return BASE + NUMBER * max(at_rest, in_a_step)
