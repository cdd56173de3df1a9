"""The deep PyTorch network of the Depth page: its settings, the network, its training on a device, and the signal at the start.
Only the modules that compute import torch; training.py is the place to begin reading.
"""
