"""Lesson 4, the gradient check: how a backward pass is tested, and faulty ones to find."""
