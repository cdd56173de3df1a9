"""A run as a file of its own, which needs nothing of this project."""

from nnlib.export.recipe import Change, Recipe

__all__ = ["Change", "Recipe"]
