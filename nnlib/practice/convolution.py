"""Numbers of a convolution: a sum, a size, and the gradients of a shared weight and of a pixel."""

from random import Random

import numpy as np

from nnlib.convolution import convolve, convolve_backward, max_pool_backward, output_size
from nnlib.practice.draws import decimals
from nnlib.practice.number_exercise import NumberExercise, NumberSlip, Question
from nnlib.practice.typeset import factor, figure, matrix, products, result
from nnlib.support.arrays import Array

SIDE, FILTER = 3, 2  # pixels in a row: of the image, and of the filter


def _small(rng: Random) -> tuple[Array, Array, Array]:
    """An image, a filter, and the upstream gradient of the sums, all with one channel."""
    positions = SIDE - FILTER + 1
    return tuple(decimals(rng, 1, 1, size, size) for size in (SIDE, FILTER, positions))  # type: ignore[return-value]


def _given(**arrays: Array) -> str:
    """The images that are given, each by its letter; `dz` is the upstream gradient."""
    letters = [r"\partial J/\partial z" if name == "dz" else name for name in arrays]
    formulas = [f"${{{letter} = {matrix(array[0, 0])}}}$" for letter, array in zip(letters, arrays.values())]
    return "\n\n" + " &emsp; ".join(formulas) + "\n\n"


def _z(rng: Random) -> Question:
    x, w, _ = _small(rng)
    bias = float(decimals(rng)[()])
    i, j = rng.randrange(2), rng.randrange(2)
    patch, weights = x[0, 0, i : i + 2, j : j + 2].ravel(), w[0, 0].ravel()
    total = float(patch @ weights)
    other = x[0, 0, 1 - i : 3 - i, 1 - j : 3 - j].ravel()
    return Question(
        f"An image, a filter, and its bias:{_given(x=x, w=w)}$b = {figure(bias)}$. The filter slides with stride 1 and no "
        f"padding. Compute the sum $z_{{{i + 1}{j + 1}}}$, in row {i + 1} and column {j + 1} of the result.",
        float(convolve(x, w, np.array([bias]))[0, 0, i, j]),
        (
            rf"z_{{{i + 1}{j + 1}}} = {products(patch, weights)} + {factor(bias)}",
            rf"{result(total + bias)}",
        ),
        total + bias,
        (
            NumberSlip(total, "The products are right. The filter also has a bias."),
            NumberSlip(
                float(patch @ weights[::-1]) + bias, "The filter is not turned: its first weight lies on the first pixel."
            ),
            NumberSlip(float(other @ weights) + bias, "That is another position: rows are counted down, columns to the right."),
        ),
    )


def _size(rng: Random) -> Question:
    while True:
        R, Q = rng.randint(20, 99), rng.randint(2, 9)
        stride, padding = rng.randint(2, 4), rng.randint(1, 4)
        way = R + 2 * padding - Q
        if way % stride:
            break
    size = way // stride + 1
    return Question(
        f"An image has {R} pixels in a row, a filter has {Q}. The padding is {padding} on each side, the stride is {stride}. "
        "How many numbers are in a row of the result?",
        float(output_size(R, Q, stride, padding)),
        (
            rf"\left\lfloor \frac{{{R} + 2 \cdot {padding} - {Q}}}{{{stride}}} \right\rfloor + 1",
            rf"= \left\lfloor {figure(way / stride)} \right\rfloor + 1 = {size}",
        ),
        float(size),
        (
            NumberSlip(size - 1, "That is the number of steps. The first position counts too."),
            NumberSlip(way / stride + 1, "The last step would lead out of the image: round down."),
            NumberSlip((way - padding) // stride + 1, "The padding is put on both sides."),
            NumberSlip(way + 1, "That is with a stride of 1."),
        ),
    )


def _weight(rng: Random) -> Question:
    x, w, dz = _small(rng)
    u, v = rng.randrange(2), rng.randrange(2)
    pixels, upstream = x[0, 0, u : u + 2, v : v + 2].ravel(), dz[0, 0].ravel()
    gradient = float(pixels @ upstream)
    _, dW, _ = convolve_backward(dz, x, w)
    return Question(
        f"An image, and the upstream gradient of the four sums of a filter of 2×2:{_given(x=x, dz=dz)}"
        f"Compute $\\partial J/\\partial w_{{{u + 1}{v + 1}}}$, the gradient of the weight in row {u + 1} and column {v + 1}.",
        float(dW[0, 0, u, v]),
        (
            rf"\frac{{\partial J}}{{\partial w_{{{u + 1}{v + 1}}}}} = {products(pixels, upstream)}",
            rf"{result(gradient)}",
        ),
        gradient,
        (
            NumberSlip(gradient / 4, "Add the positions: $J$ is not their mean."),
            NumberSlip(float(pixels[0] * upstream[0]), "That is the share of the first position. The weight is used at four."),
            NumberSlip(
                float(pixels @ upstream[::-1]), "Each position has its own gradient: the first pixel goes with the first."
            ),
            NumberSlip(
                float(x[0, 0, 1 - u : 3 - u, 1 - v : 3 - v].ravel() @ upstream),
                "That is another weight: which pixels does this one meet?",
            ),
        ),
    )


def _pixel(rng: Random) -> Question:
    x, w, dz = _small(rng)
    gradient = float(w[0, 0].ravel()[::-1] @ dz[0, 0].ravel())
    dX, _, _ = convolve_backward(dz, x, w)
    return Question(
        f"A filter of 2×2 slides over an image of 3×3. The filter, and the upstream gradient of its four sums:"
        f"{_given(w=w, dz=dz)}Compute $\\partial J/\\partial x_{{22}}$, the gradient of the pixel in the middle.",
        float(dX[0, 0, 1, 1]),
        (
            rf"\frac{{\partial J}}{{\partial x_{{22}}}} = {products(dz[0, 0].ravel(), w[0, 0].ravel()[::-1])}",
            rf"{result(gradient)}",
        ),
        gradient,
        (
            NumberSlip(float(w[0, 0].ravel() @ dz[0, 0].ravel()), "At the first position, the last weight lies on the middle."),
            NumberSlip(gradient / 4, "Add the positions: $J$ is not their mean."),
            NumberSlip(
                float(w[0, 0, 1, 1] * dz[0, 0, 0, 0]), "That is the share of the first position. The pixel is in four patches."
            ),
        ),
    )


def _pooled(rng: Random) -> Question:
    a = np.array(rng.sample(range(1, 60), 4)).reshape(1, 1, 2, 2) / 10
    x, upstream = decimals(rng, 1, 1, 2, 2), float(decimals(rng)[()])
    pixel = float(x.flat[a.argmax()])
    shares = [upstream * float(each) for each in x.flat]
    return Question(
        f"Max pooling takes the largest number of the window $a$. The numbers come from four positions of a filter, after a "
        f"ReLU; $x$ has the pixels that its weight $w_{{11}}$ met there:{_given(a=a, x=x)}The upstream gradient of the largest "
        f"number is ${figure(upstream)}$. What does this window add to $\\partial J/\\partial w_{{11}}$?",
        float((max_pool_backward(np.full((1, 1, 1, 1), upstream), a) * x).sum()),
        (
            rf"\max a = {factor(float(a.max()))}, \quad \text{{where the pixel is }} {factor(pixel)}",
            rf"{factor(upstream)} \cdot {factor(pixel)} {result(upstream * pixel)}",
        ),
        upstream * pixel,
        (
            NumberSlip(sum(shares), "Only the largest number of the window passes its gradient on."),
            NumberSlip(
                sum(shares) / 4, "That would be the mean of the window. Max pooling passes on the largest number alone."
            ),
            NumberSlip(upstream, "That is the gradient of the number. The weight met a pixel there."),
            NumberSlip(upstream * float(x.flat[a.argmin()]), "That is the position of the smallest number."),
        ),
    )


EXERCISES = (
    NumberExercise(
        "convolution-number-z",
        "convolution",
        "A sum of the filter, in numbers",
        "Lay the filter on the image at this position. Multiply each weight by the pixel below it.",
        _z,
    ),
    NumberExercise(
        "convolution-number-size",
        "convolution",
        "The size of the result, in numbers",
        "How far is it from the first position to the last? How many steps fit into that?",
        _size,
    ),
    NumberExercise(
        "convolution-number-weight",
        "convolution",
        "The gradient of a shared weight, in numbers",
        "At each of the four positions, find the pixel that lies below this weight.",
        _weight,
    ),
    NumberExercise(
        "convolution-number-pixel",
        "convolution",
        "The gradient of a pixel, in numbers",
        "At each of the four positions, find the weight that lies on the pixel in the middle.",
        _pixel,
    ),
    NumberExercise(
        "convolution-number-pool",
        "convolution",
        "Back through max pooling, in numbers",
        "Which number of the window does the result depend on?",
        _pooled,
    ),
)
