"""Lesson 2, the derivative of softmax: from logits to probabilities, to the Jacobian, and to code that does not overflow."""
