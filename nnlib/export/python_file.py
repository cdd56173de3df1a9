"""A run as one readable Python file: in NumPy alone, or in PyTorch.

templates/script.jinja and the blocks that it includes compute what nnlib.fast_step computes, operation by operation, without
its buffers: the same NumPy with the same number of threads gives the same bits. Only what the run uses is in a file.
"""

import inspect
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from nnlib.data import COORDINATES, DATASETS, FEATURES, cifar10_batches
from nnlib.data.planar import POINTS, SHAPES
from nnlib.data.points import load_points, to_square
from nnlib.data.split import sizes_by_share
from nnlib.export.recipe import Recipe

if TYPE_CHECKING:
    from jinja2 import Environment


@cache
def templates() -> "Environment":
    """Return the templates of all files."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # which every command and every run would load

    return Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"), undefined=StrictUndefined, autoescape=False,
        trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True,
    )  # fmt: skip


def script(recipe: Recipe) -> str:
    """Write the run as a file that needs NumPy alone, and prints the run's numbers to the last bit.

    Raises
    ------
    DataError : a learner's own points are not stored any more.
    """
    return rendered("script.jinja", "script", recipe)


def torch_script(recipe: Recipe) -> str:
    """Write the run as a file for PyTorch, with the same initial weights and batches. Raises DataError, as script."""
    return rendered("torch.jinja", "torch", recipe)


def rendered(template: str, form: str, recipe: Recipe) -> str:
    """Return a template, with what it says of this run. form: "script", "notebook" or "torch". Raises DataError, as script."""
    settings, data = recipe.settings, DATASETS[recipe.settings.dataset]
    names, points, activations = data.class_names, [], settings.activation_of_layers
    if data.upload:
        own = load_points(settings.points)
        names, points = own.class_names, [(*point, label) for point, label in zip(to_square(own).tolist(), own.labels.tolist())]
    return templates().get_template(template).render(
        s=settings, sizes=recipe.sizes, steps=recipe.steps, changes=recipe.changes, form=form, names=names,
        report=100 if form != "notebook" else max(1, recipe.steps // 10),  # steps from one line of the output to the next
        title=data.title if data.kind == "image" else f"points of the plane: {data.title.lower()}",
        shape=inspect.getsource(SHAPES[data.name]) if data.name in SHAPES else "",
        points_of_a_class=POINTS // recipe.sizes[-1], n_points=POINTS, points=points,
        activations=activations, one=activations[0] if len(set(activations)) == 1 else "" if activations else "identity",
        features=[FEATURES[name].code for name in settings.features] if settings.features != COORDINATES else [],
        noise=data.noise if settings.noise is None else settings.noise,
        split=sizes_by_share(len(points), settings.train_share) if data.upload else data.examples(settings.train_share),
        image_shape=data.image_shape, md5s=cifar10_batches.BATCH_MD5,
    )  # fmt: skip
