"""A small library for learning: fully connected networks in NumPy, with training and a gradient check."""

from nnlib.data import load_dataset
from nnlib.gradient_check import gradient_check
from nnlib.network import MLP, TwoLayerNet
from nnlib.training import train

__all__ = ["MLP", "TwoLayerNet", "gradient_check", "train", "load_dataset"]
