"""The lines of an explained step from the gradient to the new parameter: the learning rate, and the optimiser's own formula."""

from collections.abc import Iterator

import numpy as np

from nnlib.optimisers import Adam, Momentum
from nnlib.parameter_entry import place_of
from nnlib.schedules import cosine, decay
from nnlib.teaching.step_line import GRADIENT_STEP, Line, Slip
from nnlib.training import Training

UPHILL = "The sign: gradient descent goes against the gradient."
NO_RATE = r"The learning rate is missing: multiply by $\eta$."


def update_lines(training: Training, name: str, symbol: str, g_symbol: str, g: float, mean: float) -> Iterator[Line]:
    """Yield the lines.

    Parameters
    ----------
    training : before the step
    name, symbol : of the parameter, "W1[0,3]" and its LaTeX
    g_symbol, g : the gradient that the optimiser receives
    mean : the gradient without the penalty
    """
    array, index = place_of(training.network.params, name)
    w, eta, optimiser = float(array[index]), training.learning_rate, training.optimiser

    def stored(letter):
        """What the optimiser remembers of the parameter."""
        return float(optimiser.state[f"{letter}_{name[: name.index('[')]}"][index])

    yield from _rate(training)
    if isinstance(optimiser, Momentum):
        yield from _momentum(symbol, g_symbol, optimiser.mu, stored("v"), w, eta, g)
    elif isinstance(optimiser, Adam):
        yield from _adam(symbol, g_symbol, optimiser, stored("m"), stored("s"), w, eta, g)
    else:
        yield _descent(symbol, g_symbol, w, eta, g, mean)


def _rate(training: Training) -> Iterator[Line]:
    """η of this step, where a schedule changes it"""
    base = training.base_learning_rate
    if training.schedule is decay:
        epochs = float(np.floor(training.epoch))
        yield Line(
            "rate", "Update", r"\eta", r"@ \cdot {@}^{@}", (r"\eta_0", "d", r"\text{epochs}"),
            (base, training.lr_decay, epochs), lambda base, d, epochs: base * d**epochs,
            "The schedule multiplies the learning rate by $d$ after each whole epoch.",
            slips=(Slip(base * training.lr_decay * epochs, "The decay is a power: one factor for each epoch."),),
        )  # fmt: skip
    elif training.schedule is cosine:
        yield Line(
            "rate", "Update", r"\eta", r"\tfrac12 \cdot @ \cdot \left(1 + \cos \frac{\pi \cdot @}{@}\right)",
            (r"\eta_0", "t", "T"), (base, training.step, training.iterations),
            lambda base, t, T: 0.5 * base * (1 + np.cos(np.pi * min(t / T, 1.0))),
            "The schedule lets the learning rate fall along half a wave: from $\\eta_0$ at step 0 to 0 at step $T$.",
            slips=(Slip(base, r"That is $\eta_0$, the rate at the start of the schedule."),),
        )  # fmt: skip


def _descent(symbol: str, g_symbol: str, w: float, eta: float, g: float, mean: float) -> Line:
    """W ← W − η g"""
    return Line(
        "w", "Update", symbol, r"@ - @ \cdot @", (symbol, r"\eta", g_symbol), (w, eta, g), lambda w, eta, g: w - eta * g,
        "The step goes against the gradient, and is $\\eta$ times as long.", GRADIENT_STEP,
        slips=(
            Slip(w + eta * g, UPHILL),
            Slip(w - g, NO_RATE),
            Slip(w - eta * mean, "The penalty is missing: take the gradient with its part."),
            Slip(-eta * g, "That is the change. Add it to the weight."),
        ),
    )  # fmt: skip


def _momentum(symbol: str, g_symbol: str, mu: float, before: float, w: float, eta: float, g: float) -> Iterator[Line]:
    """v ← μ v + g,  W ← W − η v"""
    line = Line(
        "v", "Update", "v", r"@ \cdot @ + @", (r"\mu", r"v_{\text{old}}", g_symbol), (mu, before, g),
        lambda mu, v, g: mu * v + g,
        "Momentum sums past gradients in a velocity $v$, of which it keeps the share $\\mu$ in each step (Polyak, 1964).",
        slips=(
            Slip(g, "The velocity of before is missing."),
            Slip(before + g, r"The old velocity is multiplied by $\mu$ first."),
        ),
    )  # fmt: skip
    yield line
    v = line.value
    yield Line(
        "w", "Update", symbol, r"@ - @ \cdot @", (symbol, r"\eta", "v"), (w, eta, v), lambda w, eta, v: w - eta * v,
        "The step goes against the velocity, and is $\\eta$ times as long.", GRADIENT_STEP,
        slips=(
            Slip(w + eta * v, UPHILL),
            Slip(w - v, NO_RATE),
            Slip(w - eta * g, "Momentum moves the weight by its velocity, not by the gradient."),
        ),
    )  # fmt: skip


def _adam(
    symbol: str, g_symbol: str, adam: Adam, m_before: float, s_before: float, w: float, eta: float, g: float
) -> Iterator[Line]:
    """m ← β₁ m + (1 − β₁) g,  s ← β₂ s + (1 − β₂) g²,  W ← W − η m̂ / (√ŝ + ε)"""
    t = int(adam.state["t"]) + 1
    m = Line(
        "m", "Update", "m", r"@ \cdot @ + (1 - @) \cdot @",
        (r"\beta_1", r"m_{\text{old}}", r"\beta_1", g_symbol), (adam.beta1, m_before, adam.beta1, g),
        lambda beta, m, again, g: beta * m + (1 - beta) * g,
        "Adam's moving mean $m$ of the gradient (Kingma & Ba, 2015).",
        slips=(Slip(adam.beta1 * m_before + g, r"The new gradient is multiplied by $1 - \beta_1$."),),
    )  # fmt: skip
    s = Line(
        "s", "Update", "s", r"@ \cdot @ + (1 - @) \cdot {@}^2",
        (r"\beta_2", r"s_{\text{old}}", r"\beta_2", rf"\left({g_symbol}\right)"), (adam.beta2, s_before, adam.beta2, g),
        lambda beta, s, again, g: beta * s + (1 - beta) * g**2,
        "Adam's moving mean $s$ of the squared gradient.",
        slips=(
            Slip(adam.beta2 * s_before + (1 - adam.beta2) * g, "Square the gradient."),
            Slip(adam.beta2 * s_before + g**2, r"The new square is multiplied by $1 - \beta_2$."),
        ),
    )  # fmt: skip
    m_hat, s_hat = _corrected("m", m.value, adam.beta1, r"\beta_1", t), _corrected("s", s.value, adam.beta2, r"\beta_2", t)
    yield from (m, s, m_hat, s_hat)

    def moved(w, eta, m, s, epsilon):
        return w - eta * m / (np.sqrt(s) + epsilon)

    numbers = (eta, m_hat.value, s_hat.value, adam.epsilon)
    yield Line(
        "w", "Update", symbol, r"@ - @ \cdot \frac{@}{\sqrt{@} + @}",
        (symbol, r"\eta", r"\hat m", r"\hat s", r"\varepsilon"), (w, *numbers), moved,
        r"The step goes against the mean gradient, in units of its usual size. $\varepsilon$ keeps the quotient finite.",
        GRADIENT_STEP,
        slips=(
            Slip(2 * w - moved(w, *numbers), UPHILL),
            Slip(w - eta * g, "That is plain gradient descent. Adam has a formula of its own."),
        ),
    )  # fmt: skip


def _corrected(letter: str, value: float, beta: float, symbol: str, t: int) -> Line:
    """m̂ = m / (1 − β₁ᵗ), ŝ = s / (1 − β₂ᵗ)"""
    return Line(
        f"{letter}_hat", "Update", rf"\hat {letter}", r"\frac{@}{1 - {@}^{@}}", (letter, symbol, "t"),
        (value, beta, t), lambda value, beta, t: value / (1 - beta**t),
        f"Corrects ${letter}$ for its start at 0. This is step $t = {t}$ of Adam.",
        slips=(Slip(value * (1 - beta**t), f"Divide by $1 - {symbol}^t$: the correction makes the number larger."),),
    )  # fmt: skip
