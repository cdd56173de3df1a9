"""Each bug shows the pattern that the lesson describes."""

import numpy as np

from nnlib.convolution import convolve, convolve_backward
from nnlib.teaching.convolution_bugs import (
    B,
    W,
    X,
    backward,
    check,
    with_patches_overwritten,
    with_positions_averaged,
)


def test_the_right_lines_agree_with_differences_and_with_nnlib():
    assert all(each.agrees for each in check(backward, X, W, B).values())
    x, w = X[np.newaxis, np.newaxis], W[np.newaxis, np.newaxis]
    z = convolve(x, w, np.array([B]))
    dX, dW, db = convolve_backward(z, x, w)
    for mine, theirs in zip(backward(X, W, z[0, 0]), (dW[0, 0], db[0], dX[0, 0])):
        np.testing.assert_allclose(mine, theirs, rtol=1e-12)


def test_overwritten_patches_leave_the_corners_right_and_nothing_else_of_the_image():
    found = check(with_patches_overwritten, X, W, B)
    assert found["w"].agrees and found["b"].agrees
    corners = np.zeros(X.shape, bool)
    corners[::3, ::3] = True
    assert found["x"].errors[corners].max() < 1e-6 and found["x"].errors[~corners].min() > 0.01


def test_averaged_positions_make_every_weight_nine_times_too_small():
    found = check(with_positions_averaged, X, W, B)
    np.testing.assert_allclose(found["w"].errors, 1 - 1 / 9, rtol=1e-6)
    assert found["b"].agrees and found["x"].agrees
