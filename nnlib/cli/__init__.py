"""The commands of `python -m nnlib`, a file each; main.py lists them, and arguments.py and progress.py hold what they share.

What takes long to import (PyTorch, Optuna, Dask) is imported by the command that needs it, when it is executed.
"""
