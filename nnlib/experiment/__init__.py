"""One run of the NumPy network: its settings, the presets worth starting from, and the file that a trained network is saved in.
The network itself does not depend on them.
"""
