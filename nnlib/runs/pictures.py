"""What a screen shows of a network, as bytes: decision boundary, hidden units, first-layer weights, probabilities.

The formats are those of docs/live-protocol.md. Nothing here changes the network.
"""

import base64
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlib.data.dataset import Dataset
from nnlib.data.features import FEATURES, features_of
from nnlib.data.planar import visible_box
from nnlib.losses import softmax
from nnlib.metrics import confident_mistakes, confusion_matrix, outcome
from nnlib.network import MLP
from nnlib.support.arrays import Labels

GRID = 48  # cells a side of the decision boundary
THUMB = 24  # cells a side of a hidden unit's thumbnail: every second of the grid
UNITS = 12  # hidden units of a layer that are drawn, the strongest
PROBED = 200  # training examples from which the gradients of the drawn units are computed
DIGITS = 4  # significant ones of a weight, a bias or a gradient
GALLERY = 12  # validation images
WEIGHT_PICTURES = 24  # hidden units whose incoming weights are shown as pictures
MAPS = 12  # channels of each convolutional layer whose feature maps are shown
MISTAKES = 12
MARGIN = 0.15  # of the plane around the points, as a share of their span


def static_pictures(data: Any) -> dict[str, Any]:
    """Return the parts of the `started` event that never change: the points of the plane, or a gallery of images.

    `data` is a Dataset.
    """
    if data.image_shape is None:
        return {
            "grid": GRID,
            "thumb": THUMB,
            "extent": extent(data),
            "points": _points(data),
            "inputs": _inputs(data),
        }
    chosen = gallery(data.y_val)
    return {
        "gallery": {
            "pixels": _encoded(data.X_val.pictures(chosen)),
            "labels": data.y_val[chosen].tolist(),
            "indices": chosen.tolist(),
        }
    }


def gallery(y_val: Labels) -> NDArray[np.intp]:
    """Return the indices of the validation images that are shown: the first one of each class, then the second ones."""
    same = y_val[:, None] == np.unique(y_val)
    earlier = same.cumsum(axis=0)[same]  # for each image, how many of its class there are up to it
    return np.argsort(earlier, kind="stable")[:GALLERY]


def frame_pictures(net: MLP, data: Dataset, with_weights: bool) -> dict[str, Any]:
    """Return the pictures of a `frame` event. Weight pictures, the heaviest, are included only if `with_weights`."""
    if data.image_shape is None:
        z, a = net.forward(_grid_points(data, net.dtype))
        with np.errstate(all="ignore"):  # the network may have diverged
            _, grads = net.loss(data.X_train[:PROBED], data.y_train[:PROBED])
        return {"boundary": _encoded(_boundary(softmax(z[net.depth + 1]))), "layers": _layers(net, z, a, grads)}
    W = net.params["W1"] if with_weights else None
    pictures = image_pictures(net.probabilities(data.X_val[gallery(data.y_val)]), W, data.image_shape)
    if with_weights:
        pictures["weight_pictures"] |= _first_layer_numbers(net, pictures["weight_pictures"]["units"])
    return pictures


def image_pictures(psi: np.ndarray, W: np.ndarray | None, image_shape: tuple[int, int, int] | None) -> dict[str, Any]:
    """Return the pictures of a network of images.

    Parameters
    ----------
    psi : (GALLERY, K) array
        Its probabilities for the gallery.
    W : (D, H) array or None
        The weights of its first layer, or None for no picture of them.
    image_shape : height, width and channels, with product D
    """
    pictures = {"probabilities": np.round(np.nan_to_num(psi), 4).tolist()}
    if W is not None:
        pictures["weight_pictures"] = _weight_pictures(W, image_shape)
    return pictures


def convolution_pictures(psi: np.ndarray, filters: np.ndarray, maps: Sequence[np.ndarray]) -> dict[str, Any]:
    """Return the pictures of a convolutional network.

    Parameters
    ----------
    psi : (GALLERY, K) array
        Its probabilities for the gallery.
    filters : (H, height, width, channels) array
        The weights of its first layer.
    maps : of each convolutional layer what it puts out for the first image of the gallery, (channels, side, side), at least 0
    """
    pictures = image_pictures(psi, filters.reshape(len(filters), -1).T, filters.shape[1:])
    pictures["weight_pictures"] |= {"shape": filters.shape[1:], "maps": [_feature_maps(each) for each in maps]}
    return pictures


def _feature_maps(maps):
    """The most active channels of a layer, on one scale."""
    maps = np.maximum(np.nan_to_num(maps), 0)
    channels = np.sort(np.argsort(-maps.mean(axis=(1, 2)), kind="stable")[:MAPS])
    largest = maps.max()
    pixels = 255 * maps[channels] / (largest if largest > 0 else 1)
    return {"side": maps.shape[1], "of": len(maps), "channels": channels.tolist(), "pixels": _encoded(pixels)}


def final_report(psi_val: np.ndarray, psi: np.ndarray, data: Dataset) -> dict[str, Any]:
    """Return accuracies, confusion matrix (rows: true class), most confident mistakes on the test set, and the outcome.

    Parameters
    ----------
    psi_val, psi : (N, K) arrays
        The probabilities of all validation and of all test examples.
    data : Dataset
    """
    predicted = psi.argmax(axis=1)
    val_accuracy = float((psi_val.argmax(axis=1) == data.y_val).mean())
    return {
        "val_accuracy": val_accuracy,
        "test_accuracy": float((predicted == data.y_test).mean()),
        "confusion": confusion_matrix(data.y_test, predicted, data.classes).tolist(),
        "mistakes": [_mistake(data, psi, i) for i in confident_mistakes(psi, data.y_test, MISTAKES)],
        "outcome": outcome(val_accuracy, data.y_val),
    }


def _encoded(array):
    return base64.b64encode(np.ascontiguousarray(array, np.uint8).tobytes()).decode()


def extent(data: Dataset) -> list[float]:
    """Return [x1 min, x1 max, x2 min, x2 max] of the square that is shown: around all points but a few far ones."""
    X, y = np.concatenate(data.points[:2]), np.concatenate([data.y_train, data.y_val])
    low, high = visible_box(X, y)
    (x1, x2), half = (low + high) / 2, max((high - low).max() / 2, 1e-9) * (1 + MARGIN)
    return [float(v) for v in (x1 - half, x1 + half, x2 - half, x2 + half)]


def _inputs(data):
    """The names of the inputs, and what each of them is over the plane, as `_layers` says it of units."""
    pictures, largest = _thumbnails(_grid_points(data, float))
    return {
        "names": [FEATURES[name].title for name in data.features],
        "thumbnails": _encoded(pictures),
        "largest": _significant(largest),
    }


def _points(data):
    X, y = np.concatenate(data.points[:2]), np.concatenate([data.y_train, data.y_val])
    split = ["train"] * len(data.X_train) + ["val"] * len(data.X_val)
    return {"x": np.round(X, 4).tolist(), "y": y.tolist(), "split": split}


def _grid_points(data, dtype):
    """The features (GRID², D) of the cell centres, row by row from the top left: x2 falls from row to row."""
    x1_min, x1_max, x2_min, x2_max = extent(data)
    centres = (np.arange(GRID) + 0.5) / GRID
    x1 = x1_min + centres * (x1_max - x1_min)
    x2 = x2_max - centres * (x2_max - x2_min)
    return features_of(np.stack(np.meshgrid(x1, x2), axis=-1).reshape(-1, 2), data.features).astype(dtype)


def _boundary(psi):
    """One byte a cell: class × 16 + confidence, 0 for a probability of 1/K up to 15 for certainty."""
    K = psi.shape[1]
    confidence = (psi.max(axis=1) - 1 / K) / (1 - 1 / K)
    levels = np.nan_to_num(np.clip(confidence, 0, 1)) * 15
    return psi.argmax(axis=1) * 16 + np.round(levels).astype(np.int64)


def _layers(net, z, a, grads):
    """The drawn units of each layer with their thumbnails, and the weights of the links between drawn units."""
    layers, below = [], np.arange(net.sizes[0])
    for l in range(1, net.depth + 1):
        hidden = l < net.depth
        units = _strongest(net, l) if hidden else np.arange(net.sizes[-1])
        layer = {
            "units": units.tolist(),
            "weights": _significant(net.params[f"W{l}"][np.ix_(below, units)]),
            "biases": _significant(net.params[f"b{l}"][units]),
            "gradients": _significant(grads[f"b{l}"][units]),
        }
        pictures, largest = _thumbnails((a if hidden else z)[l + 1][:, units])
        layers.append(layer | {"thumbnails": _encoded(pictures), "largest": _significant(largest)})
        below = units
    return layers


def _significant(array):
    """The numbers rounded to DIGITS significant digits, in lists; those that are not finite as 0."""
    values = np.nan_to_num(array.astype(float), nan=0.0, posinf=0.0, neginf=0.0)
    scale = 10.0 ** (DIGITS - 1 - np.floor(np.log10(np.where(values == 0, 1, np.abs(values)))))
    return (np.round(values * scale) / scale).tolist()


def _strongest(net, l):
    """Indices, in order, of the units of hidden layer l with the largest outgoing weights; all if there are few."""
    outgoing = net.params[f"W{l + 1}"]
    strength = np.einsum("ij,ij->i", outgoing, outgoing)
    return np.sort(np.argsort(-strength, kind="stable")[:UNITS])


def _thumbnails(activations):
    """(GRID², units) → (units, THUMB, THUMB) bytes, 128 for zero, each unit scaled by its largest magnitude; and those."""
    every = GRID // THUMB
    pictures = np.nan_to_num(activations.reshape(GRID, GRID, -1)[::every, ::every].transpose(2, 0, 1))
    largest = np.abs(pictures).max(axis=(1, 2))
    return 128 + np.round(127 * pictures / np.where(largest > 0, largest, 1)[:, None, None]), largest


def _weight_pictures(W, image_shape):
    """Columns of W1 as images, each scaled to its own range: the input that a unit answers to most."""
    norms = np.einsum("ij,ij->j", W, W)
    units = np.sort(np.argsort(-norms, kind="stable")[:WEIGHT_PICTURES])
    columns = np.nan_to_num(W[:, units]).T
    largest = np.abs(columns).max(axis=1, keepdims=True)
    pixels = 127.5 + 127.5 * columns / np.where(largest > 0, largest, 1)
    return {"units": units.tolist(), "pixels": _encoded(pixels.reshape(-1, *image_shape))}


def _first_layer_numbers(net, units):
    """Of these units: the largest weight in, the bias, and the weights to the classes where there is one hidden layer."""
    largest = np.abs(net.params["W1"][:, units]).max(axis=0)
    numbers = {"largest": _significant(largest), "biases": _significant(net.params["b1"][units])}
    return numbers | ({"out": _significant(net.params["W2"][units])} if net.depth == 2 else {})


def _mistake(data, psi, i):
    image = None if data.image_shape is None else _encoded(data.X_test.pictures([i]))
    point = np.round(data.points[2][i], 4).tolist() if data.image_shape is None else None
    predicted = int(psi[i].argmax())
    return {
        "image": image,
        "point": point,
        "index": int(i),
        "true": int(data.y_test[i]),
        "predicted": predicted,
        "confidence": round(float(psi[i, predicted]), 4),
    }
