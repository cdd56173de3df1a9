"""A run as a Jupyter notebook: the script's blocks as cells, with explanations and pictures between them."""

import re

from nnlib.export.python_file import rendered
from nnlib.export.recipe import Recipe


def notebook(recipe: Recipe) -> str:
    """Write the run as a notebook (.ipynb) that needs NumPy and Matplotlib, and computes the run's numbers to the last bit.

    templates/notebook.jinja is a Markdown document: each of its fenced blocks becomes a cell of code.

    Raises
    ------
    DataError : a learner's own points are not stored any more.
    """
    import nbformat

    parts = re.split(r"^```(?:python)?$", rendered("notebook.jinja", "notebook", recipe), flags=re.MULTILINE)
    kinds = (nbformat.v4.new_markdown_cell, nbformat.v4.new_code_cell)
    cells = [kinds[i % 2](part.strip(), id=f"cell-{i}") for i, part in enumerate(parts) if part.strip()]
    about = {"kernelspec": {"name": "python3", "display_name": "Python 3"}, "language_info": {"name": "python"}}
    return nbformat.writes(nbformat.v4.new_notebook(cells=cells, metadata=about))
