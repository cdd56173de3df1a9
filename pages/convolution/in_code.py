"""Part 9: the functions of nnlib, and the lesson's image as a few lines of Python with the output that they print."""

import numpy as np
import streamlit as st

from nnlib.convolution import add_patches, convolve, convolve_backward, max_pool, max_pool_backward, patches
from nnlib.teaching.moved_digits import FilterNet
from pages.convolution.small_image import SmallImage, batch, small_image
from pages.lesson.prediction import predict
from pages.ui.source_view import source_view


def in_code() -> None:
    """Draw the part."""
    st.markdown("These functions of nnlib compute all numbers of this lesson. They take many images, channels and filters.")
    with st.container(horizontal=True):
        source_view(patches)
        source_view(convolve, r"Z = P\,W^\top + b", containing="patches(X")
        source_view(convolve_backward, r"\frac{\partial J}{\partial W} = \left(\frac{\partial J}{\partial Z}\right)^\top P")
        source_view(add_patches, containing="+=")
        source_view(max_pool)
        source_view(max_pool_backward, containing="argmax")
        source_view(FilterNet)
    if not predict(
        "convolution_code",
        "`convolve(X, W, b)` with 100 images of 3×32×32, and 16 filters of 3×5×5. What is the shape of the result?",
        ["100×16×32×32", "100×16×28×28", "100×48×28×28", "16×28×28"],
        "100×16×28×28",
        "A map for each image and each filter. Without padding, a row has 32 − 5 + 1 = 28 positions. A filter adds up the "
        "three channels.",
    ):
        return
    image = small_image()
    st.markdown("Run these lines in a notebook or a Python shell. They contain your numbers.")
    st.code(code_of(image), language="python")
    st.markdown("They print:")
    st.code(printed_by(image), language=None)
    st.markdown(
        "PyTorch has the same as `torch.nn.functional.conv2d(X, W, b, stride, padding)`: nnlib is tested against it, with 200 "
        "random shapes. Strictly speaking, both compute a *correlation*: mathematics turns the filter by 180° first. A network "
        "learns its filters, so it makes no difference."
    )


def code_of(image: SmallImage) -> str:
    """Python lines that compute the sums, and the gradients of J = ½ Σ z²."""
    return f"""import numpy as np
from nnlib.convolution import convolve, convolve_backward

{_assigned("x", image.x)}
{_assigned("w", image.w)}
X, W, b = x[np.newaxis, np.newaxis], w[np.newaxis, np.newaxis], np.array([{image.b!r}])
Z = convolve(X, W, b)
dX, dW, db = convolve_backward(Z, X, W)  # for J = sum(Z**2)/2, whose upstream gradient is Z
for result in (Z, dW, db, dX):
    print(result)"""


def printed_by(image: SmallImage) -> str:
    """The output of these lines."""
    X, W, b = batch(image.x), batch(image.w), np.array([image.b])
    Z = convolve(X, W, b)
    dX, dW, db = convolve_backward(Z, X, W)
    return "\n".join(str(result) for result in (Z, dW, db, dX))


def _assigned(name, array):
    start = f"{name} = np.array("
    return start + np.array2string(array, prefix=start, separator=", ", floatmode="unique", max_line_width=200) + ")"
