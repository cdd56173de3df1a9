"""A run as a file of its own, which needs nothing of this project."""

from nnlib.export.notebook import notebook
from nnlib.export.python_file import script, torch_script
from nnlib.export.recipe import Change, Recipe

PROGRAMS = {"script": script, "notebook": notebook, "torch": torch_script}

__all__ = ["PROGRAMS", "Change", "Recipe", "notebook", "script", "torch_script"]
