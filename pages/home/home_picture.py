"""Draws the picture on the Home page, three moments of one training run: `python -m pages.home.home_picture`."""

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from nnlib.experiment.settings import Experiment
from nnlib.support.colours import CLASSES

PICTURE = Path(__file__).with_name("learning.webp")
STEPS = (0, 150, 20_000)  # the moments that are drawn
SIDE, GAP, SCALE = 300, 24, 2  # pixels of one plane, between planes, and drawn larger before shrinking
COLOURS = np.array([tuple(bytes.fromhex(colour[1:])) for colour in CLASSES])


def draw() -> None:
    """Train the default experiment, and save its predictions on the whole plane after each of STEPS, with the points."""
    experiment = Experiment()
    data = experiment.load()
    training = experiment.training_on(data)
    sheet = Image.new("RGBA", (len(STEPS) * SIDE + (len(STEPS) - 1) * GAP, SIDE))
    for i, step in enumerate(STEPS):
        for _ in training.events(steps=step - training.step, seconds=60):
            pass
        sheet.paste(_plane(training.network, data), (i * (SIDE + GAP), 0))
    sheet.save(PICTURE, quality=88, method=6)


def _plane(network, data, reach=1.1):
    cells = SIDE * SCALE // 4
    at = (np.arange(cells) + 0.5) / cells * 2 * reach - reach
    psi = network.probabilities(np.stack(np.meshgrid(at, -at), axis=-1).reshape(-1, 2).astype(np.float32))
    sure = (psi.max(axis=1) - 1 / 3) / (2 / 3)
    pixels = np.column_stack([COLOURS[psi.argmax(axis=1)], 30 + 120 * sure]).astype(np.uint8).reshape(cells, cells, 4)
    plane = Image.fromarray(pixels, "RGBA").resize((SIDE * SCALE, SIDE * SCALE), Image.Resampling.BICUBIC)
    pen = ImageDraw.Draw(plane)
    for (x1, x2), k in zip(data.X_train, data.y_train, strict=True):
        x, y = (1 + x1 / reach) * SIDE * SCALE / 2, (1 - x2 / reach) * SIDE * SCALE / 2
        pen.ellipse((x - 7, y - 7, x + 7, y + 7), fill=(*COLOURS[k], 255), outline=(255, 255, 255, 255), width=2)
    return plane.resize((SIDE, SIDE), Image.Resampling.LANCZOS)


if __name__ == "__main__":
    draw()
