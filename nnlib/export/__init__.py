"""A run as a file that its learner takes home."""

from nnlib.export.recipe import Change, Recipe

__all__ = ["Change", "Recipe"]
