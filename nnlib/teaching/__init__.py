"""Instruments of the lessons: the backward pass node by node, faulty backward passes to find, listings that a learner writes,
kinks, step sizes, and the comparison with autograd. The network does not need them.
"""
