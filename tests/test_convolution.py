import numpy as np
import pytest

from nnlib.convolution import convolve, convolve_backward, max_pool, max_pool_backward, output_size
from nnlib.finite_differences import numerical_jacobian

SHAPES = 200


def images_and_filters(rng):
    """Images, filters and biases of random sizes, not square, with a stride and a padding with which they fit."""
    N, C, M = rng.integers(1, 4, 3)
    size, stride, padding = rng.integers(1, 5, 2), int(rng.integers(1, 4)), int(rng.integers(0, 3))
    pixels = np.maximum(size - 2 * padding, 1) + rng.integers(0, 6, 2)
    X, W, b = rng.standard_normal((N, C, *pixels)), rng.standard_normal((M, C, *size)), rng.standard_normal(M)
    return X, W, b, stride, padding


def test_torch_agrees_at_200_random_shapes():
    torch = pytest.importorskip("torch")
    F = torch.nn.functional
    rng, threads = np.random.default_rng(0), torch.get_num_threads()
    torch.set_num_threads(1)  # these products are too small to be shared
    for _ in range(SHAPES):
        X, W, b, stride, padding = images_and_filters(rng)
        x, w, bias = (torch.tensor(each, requires_grad=True) for each in (X, W, b))
        z = F.conv2d(x, w, bias, stride, padding)
        window = int(rng.integers(1, min(z.shape[2:]) + 1))
        dZ = rng.standard_normal(z.shape)
        z.backward(torch.tensor(dZ))
        Z = convolve(X, W, b, stride, padding)
        pairs = [(Z, z.detach()), *zip(convolve_backward(dZ, X, W, stride, padding), (x.grad, w.grad, bias.grad))]
        z = z.detach().requires_grad_()
        a = F.max_pool2d(z, window, stride)
        dA = rng.standard_normal(a.shape)
        a.backward(torch.tensor(dA))
        pairs += [(max_pool(Z, window, stride), a.detach()), (max_pool_backward(dA, Z, window, stride), z.grad)]
        for mine, theirs in pairs:
            assert mine.shape == theirs.shape
            np.testing.assert_allclose(mine, theirs.numpy(), rtol=0, atol=1e-10)
    torch.set_num_threads(threads)


def slopes(loss, at):
    """The gradient of a loss by an array, by central differences."""
    return numerical_jacobian(lambda flat: np.atleast_1d(loss(flat.reshape(at.shape))), at.ravel()).reshape(at.shape)


def test_gradients_agree_with_central_differences():
    rng = np.random.default_rng(0)
    X, W, b = rng.standard_normal((2, 2, 5, 4)), rng.standard_normal((3, 2, 3, 2)), rng.standard_normal(3)
    target = rng.standard_normal(convolve(X, W, b, 2, 1).shape)

    def loss(X, W, b):
        return ((convolve(X, W, b, 2, 1) - target) ** 2).sum() / 2

    dX, dW, db = convolve_backward(convolve(X, W, b, 2, 1) - target, X, W, 2, 1)
    np.testing.assert_allclose(dX, slopes(lambda each: loss(each, W, b), X), atol=1e-8)
    np.testing.assert_allclose(dW, slopes(lambda each: loss(X, each, b), W), atol=1e-8)
    np.testing.assert_allclose(db, slopes(lambda each: loss(X, W, each), b), atol=1e-8)


def test_pooling_sends_the_gradient_to_the_first_of_equal_numbers():
    X = np.array([[[[1.0, 3], [3, 0]]]])
    assert max_pool(X) == 3
    assert max_pool_backward(np.array([[[[5.0]]]]), X).tolist() == [[[[0, 5], [0, 0]]]]


def test_sizes_that_do_not_fit_are_named():
    assert output_size(5, 3, stride=2, padding=1) == 3
    with pytest.raises(ValueError, match="F = 3: .* 2 pixels"):
        convolve(np.ones((1, 1, 2, 4)), np.ones((1, 1, 3, 3)), np.zeros(1))
    with pytest.raises(ValueError, match="must be 3, the number of channels"):
        convolve(np.ones((1, 3, 4, 4)), np.ones((1, 1, 3, 3)), np.zeros(1))
