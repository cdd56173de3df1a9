"""The version of Backprop Lab."""

__version__ = "1.0.0.dev0"
