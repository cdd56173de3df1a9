"""A small library to learn from: fully connected networks in NumPy, checked, trained and looked at."""

from nnlib.data import load_dataset
from nnlib.gradient_check import gradient_check
from nnlib.network import MLP, TwoLayerNet
from nnlib.training import train

__all__ = ["MLP", "TwoLayerNet", "gradient_check", "train", "load_dataset"]
