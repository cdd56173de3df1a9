"""Lesson 3, backpropagation: from the loss back to every weight, node by node and as matrices."""
