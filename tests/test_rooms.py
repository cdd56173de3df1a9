"""The architecture: which room imports which, no circle, and heavy libraries only where needed."""

import ast
import subprocess
import sys
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

# What each room imports, besides itself. A name allows all that is below it. "nnlib.core" stands for the files of the NumPy
# network in nnlib/ itself, "nnlib" for the names that nnlib/__init__.py offers.
CORE, SUPPORT, DATA = "nnlib.core", "nnlib.support", "nnlib.data"
EVERY_ROOM = {
    "nnlib", CORE, SUPPORT, DATA, "nnlib.symbolic", "nnlib.teaching", "nnlib.practice", "nnlib.experiment",
    "nnlib.cluster", "nnlib.deep", "nnlib.studies", "nnlib.runs", "nnlib.export", "nnlib.classroom",
}  # fmt: skip
ARROWS = {
    SUPPORT: set(),
    CORE: {SUPPORT},
    DATA: {SUPPORT},
    "nnlib": {CORE, DATA},
    "nnlib.symbolic": {SUPPORT},
    "nnlib.teaching": {CORE, DATA, SUPPORT, "nnlib.symbolic.answers"},
    "nnlib.practice": {CORE, SUPPORT, "nnlib.symbolic", "nnlib.teaching"},
    "nnlib.experiment": {CORE, DATA, SUPPORT},
    "nnlib.export": {CORE, DATA, SUPPORT, "nnlib.experiment.settings"},
    "nnlib.cluster": {SUPPORT},
    "nnlib.deep": {CORE, DATA, SUPPORT, "nnlib.cluster", "nnlib.experiment.settings"},
    "nnlib.studies": {CORE, DATA, SUPPORT, "nnlib.experiment", "nnlib.cluster"},
    "nnlib.classroom": {SUPPORT, "nnlib.studies"},
    "nnlib.runs": EVERY_ROOM,
    "nnlib.cli": EVERY_ROOM,
    "pages.ui": {SUPPORT, "nnlib.symbolic.symbols"},
    "pages.settings": {SUPPORT, "pages.ui"},
    "pages.classroom": {SUPPORT, "nnlib.classroom", "pages.ui"},
    "pages.lesson": {SUPPORT, "nnlib.symbolic", "nnlib.teaching", "nnlib.practice", "pages.classroom", "pages.ui"},
    "pages.live": {
        SUPPORT,
        DATA,
        "nnlib.experiment",
        "nnlib.runs",
        "nnlib.teaching",
        "pages.classroom",
        "pages.lesson",
        "pages.settings",
        "pages.ui",
    },
    "pages.worked_example": {"nnlib", SUPPORT, "nnlib.symbolic.symbols", "pages.ui"},
    "pages": {SUPPORT, "nnlib.classroom.belonging", "pages.classroom", "pages.lesson", "pages.ui"},
}
PAGES = (
    "home",
    "forward",
    "softmax",
    "backpropagation",
    "gradient_check",
    "convolution",
    "exam",
    "sheets",
    "join",
    "hand_in",
    "teach",
    "train",
    "depth",
    "tuning",
)
SHARED = {"pages.ui", "pages.classroom", "pages.settings", "pages.lesson", "pages.live", "pages.worked_example"}
ARROWS |= {f"pages.{page}": EVERY_ROOM | SHARED for page in PAGES}
ARROWS["pages.tuning"] |= {"pages.train.settings"}  # "Watch this network learn" is a link to Train
ARROWS["pages.hand_in"] |= {"pages.train.settings", "pages.depth.settings", "pages.join.words"}  # experiments; joining
ARROWS["pages.teach"] |= {"pages.hand_in.experiments"}

TORCH = ("nnlib.deep", "nnlib.teaching.autograd", "nnlib.data.download", "nnlib.data.torchvision_import")


def files():
    """dict: module name → its file, for all of nnlib and pages."""
    found = {}
    for path in sorted([*ROOT.glob("nnlib/**/*.py"), *ROOT.glob("pages/**/*.py")]):
        parts = path.relative_to(ROOT).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


FILES = files()


@cache
def imported_names(module):
    """The full names that a file imports, at its top or in a function."""
    names = set()
    for node in ast.walk(ast.parse(FILES[module].read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} has a relative import"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def module_of(name):
    """The module of nnlib or pages that defines an imported name, or None for another library's."""
    return next((each for each in (name, name.rpartition(".")[0]) if each in FILES), None)


@cache
def imports():
    """dict: module → the modules of nnlib and pages that its file imports."""
    return {module: {found for name in imported_names(module) if (found := module_of(name))} - {module} for module in FILES}


def room_of(module):
    """nnlib.data for nnlib.data.points; nnlib.core for nnlib.network; nnlib for nnlib/__init__.py; pages for pages/*.py."""
    top, *below = module.split(".")
    if module == "nnlib.__main__":
        return "nnlib.cli"
    if not below or (ROOT / top / below[0]).is_dir():
        return ".".join([top, *below[:1]])
    return CORE if top == "nnlib" else top


def is_allowed(module, imported):
    """Whether a room's arrows allow one of its files to import this module."""
    room = room_of(imported)
    names = (room, imported)
    return room == room_of(module) or any(
        name == arrow or name.startswith(f"{arrow}.") and arrow != "nnlib"
        for name in names
        for arrow in ARROWS[room_of(module)]
    )


def test_each_room_imports_only_what_it_may():
    wrong = [(module, imported) for module in FILES for imported in imports()[module] if not is_allowed(module, imported)]
    assert wrong == []


def circle(graph):
    """A circle in the graph (dict: node → nodes it points to), or None."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return error.args[1]
    return None


def test_no_circle_among_files():
    assert circle(imports()) is None


def test_no_circle_among_rooms():
    rooms = {room: set() for room in ARROWS}
    for module, imported in imports().items():
        rooms[room_of(module)] |= {room_of(each) for each in imported} - {room_of(module)}
    assert circle(rooms) is None


def test_nnlib_imports_neither_streamlit_nor_pages():
    heads = {name.split(".")[0] for module in FILES if module.startswith("nnlib") for name in imported_names(module)}
    assert not heads & {"streamlit", "pages", "app"}


def test_torch_is_imported_only_where_it_is_needed():
    users = [
        module for module in FILES if any(name.split(".")[0] in ("torch", "torchvision") for name in imported_names(module))
    ]
    assert [module for module in users if not module.startswith(TORCH)] == []


@pytest.mark.parametrize("module", ["nnlib", "nnlib.experiment.settings", "nnlib.deep.settings"])
def test_importing_the_library_is_cheap(module):
    heavy = "{'torch', 'torchvision', 'sympy', 'sklearn', 'optuna', 'dask', 'distributed', 'streamlit', 'pandas', 'sqlalchemy'}"
    code = f"import sys, {module}; print(*sorted({heavy} & set(sys.modules)))"
    shown = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert shown.strip() == ""
