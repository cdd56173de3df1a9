"""The settings of an experiment that a study can vary."""

from dataclasses import dataclass

import numpy as np

from nnlib.experiment.settings import Experiment


@dataclass(frozen=True)
class Axis:
    """One setting of the Experiment, by its name there.

    Parameters
    ----------
    name, title : str
    log : bool
        Whether values are spaced and drawn evenly on a logarithmic scale.
    step : float
        From one value to the next in a widget.
    """

    name: str
    title: str
    log: bool = False
    step: float = 10

    @property
    def whole(self) -> bool:
        """Whether its values are whole numbers."""
        return Experiment.FIELDS[self.name].kind in ("int", "widths")

    @property
    def bounds(self) -> tuple[float, float]:
        """The lowest and the highest value allowed. A logarithmic axis needs more than 0."""
        field = Experiment.FIELDS[self.name]
        return (max(field.low, 1e-12) if self.log else field.low), field.high

    def spread(self, low: float, high: float, count: int) -> tuple:
        """Return `count` evenly spaced values from `low` to `high`, in increasing order.

        They are whole, or rounded to three significant digits. There are fewer values if there are not so many whole numbers.
        """
        if count == 1:
            values = np.array([np.sqrt(low * high) if self.log else (low + high) / 2])
        else:
            values = (np.geomspace if self.log else np.linspace)(low, high, count)
        return tuple(sorted({round(float(v)) if self.whole else float(f"{v:.3g}") for v in values}))


AXES = {
    axis.name: axis
    for axis in (
        Axis("hidden", "hidden size"),
        Axis("learning_rate", "learning rate η", log=True, step=1e-3),
        Axis("iterations", "iterations"),
        Axis("reg", "penalty λ", log=True, step=1e-4),
        Axis("batch_size", "batch size", log=True),
        Axis("lr_decay", "learning rate decay", step=0.05),
        Axis("std", "initial standard deviation σ", log=True, step=1e-4),
    )
}
