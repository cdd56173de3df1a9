"""The packages that only some features need, and the extra of pyproject.toml that installs each."""

from importlib.util import find_spec

EXTRAS = {
    "torch": "torch",
    "torchvision": "torch",
    "dask": "cluster",
    "distributed": "cluster",
    "optuna": "cluster",
    "sqlalchemy": "cluster",
    "alembic": "cluster",
    "vl_convert": "cluster",
}


def missing_extra(package: str) -> str | None:
    """One sentence that says how to install `package`, a key of EXTRAS; None if it is installed."""
    if find_spec(package) is not None:
        return None
    extra = EXTRAS[package]
    return f"This needs {package}, which is not installed: run pip install '.[{extra}]' in the folder of Backprop Lab."
