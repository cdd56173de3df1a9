"""The names of the lessons' network that an exercise lets the learner type, and what each stands for."""

from nnlib.symbolic.symbols import SYMBOLS, symbol_latex


def network_names(*names: str) -> dict[str, str]:
    """Each name and its meaning (Markdown), from the table of symbols."""
    return {name: _meaning(name) for name in names}


def _meaning(name):
    symbol = SYMBOLS[name]
    latex = symbol_latex(name)
    if latex == name:  # nothing new for the reader
        return symbol.meaning
    formula = f" = {symbol.formula}" if symbol.formula else ""
    shape = "×".join(symbol.shape) + " numbers" * (len(symbol.shape) == 1)
    return ", ".join(filter(None, (f"${latex}{formula}$", symbol.meaning, shape)))
