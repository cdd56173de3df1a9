"""The deep PyTorch network of the page Depth: its settings, the network, its loop on the device, and the signal in its layers.
torch is imported here, and only by the modules that compute."""
