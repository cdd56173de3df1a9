"""The colours of charts, pages and the live view.

Those of the classes are the palette of Okabe and Ito, which stays distinct in every common form of colour blindness, and four
more. pages/navigation.py passes the colours on to CSS and JavaScript. Those of the page itself are in .streamlit/config.toml.

Source: M. Okabe and K. Ito, "Color Universal Design", 2002, https://jfly.uni-koeln.de/color/.
"""

CLASSES = ("#0072b2", "#e69f00", "#009e73", "#d55e00", "#cc79a7", "#56b4e9", "#b8a800", "#6b4c9a", "#7f7f7f", "#8c564b")
BLUE, ORANGE, GREEN, VERMILION, PURPLE, SKY_BLUE = CLASSES[:6]
GREY = "#888888"
ACCENT = {"light": "#075072", "dark": "#74bfe4"}  # primaryColor of the page

# Not colours of a class. Signs, wherever they are drawn, are those of ColorBrewer's PiYG: green above zero, magenta below.
VALIDATION = {"light": "#6a3fb5", "dark": "#b9a3f5"}
NEGATIVE = {"light": "#c51b7d", "dark": "#ff8ccf"}
POSITIVE = {"light": "#276419", "dark": "#a6e06a"}
# Curves of runs, unlike those of classes and signs.
RUNS = {
    "light": ("#a4161a", "#0a6b70", "#7a5200", "#3d4f63", "#1f2f9f", "#1a1aff", "#400010"),
    "dark": ("#ff9a8b", "#55e0c0", "#f0d48a", "#c3cfdb", "#7f96ff", "#c8f800", "#10a000"),
}


def css() -> str:
    """The rule that defines them as custom properties: `--class-0`, …, `--positive-light`, `--positive-dark`, ….

    A shadow root inherits custom properties, so they hold in components too.
    """
    by_scheme = {"accent": ACCENT, "validation": VALIDATION, "negative": NEGATIVE, "positive": POSITIVE}
    colours = {f"class-{k}": colour for k, colour in enumerate(CLASSES)}
    colours |= {"good": GREEN, "warning": ORANGE, "bad": VERMILION}
    colours |= {f"run-{k}-{scheme}": colour for scheme, shades in RUNS.items() for k, colour in enumerate(shades)}
    colours |= {f"{name}-{scheme}": colour for name, pair in by_scheme.items() for scheme, colour in pair.items()}
    return ":root { " + " ".join(f"--{name}: {colour};" for name, colour in colours.items()) + " }"
