"""The command `backprop-lab`: starts the app where the package is installed.

An installed package holds app.py, pages/ and .streamlit/ in this folder; a clone holds them in the folder above.
"""

import sys
from pathlib import Path


def main() -> None:
    """Start the app as `streamlit run app.py` does. Arguments are those of `streamlit run`, such as --server.port 8502."""
    from streamlit.web.cli import main as streamlit

    here = Path(__file__).parent
    app = next(folder / "app.py" for folder in (here, here.parent) if (folder / "app.py").is_file())
    sys.argv = ["streamlit", "run", str(app), *sys.argv[1:]]
    streamlit()
