"""Lesson 1, the forward pass: every number of one small network, worked out step by step."""
