"""A picture of the reason for softmax's exponential."""

import numpy as np

from pages.ui.curve_chart import curve_chart

LOGITS = (-2, -1, 0, 1, 2)


def why_exponential() -> None:
    """Draw the exponential, and its values at whole numbers."""
    z = np.linspace(-2.2, 2.2, 90)
    values = [f"{np.exp(each):.2f}" for each in LOGITS]
    curve_chart(
        "Every further 1 in the logit multiplies by 2.72, and no value is negative",
        z,
        {"e^z": np.exp(z)},
        ("logit z", "exponential of z"),
        [(each, np.exp(each), value) for each, value in zip(LOGITS, values)],
        alt_text="Line chart. The exponential is positive everywhere and grows faster and faster: "
        + ", ".join(f"{value} at {each}" for each, value in zip(LOGITS, values)).replace("-", "−")
        + ".",
    )
