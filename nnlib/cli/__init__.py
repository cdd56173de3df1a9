"""The commands of `python -m nnlib`."""
