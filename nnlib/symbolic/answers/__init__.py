"""Checks answers: the grammar of what can be typed, its evaluation, the comparison of two formulas, and hints.
Nothing here imports SymPy."""
