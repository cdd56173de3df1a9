"""The lesson on convolution: weights that are shared."""
