"""Train: the settings of a NumPy network beside the live view of its training."""
