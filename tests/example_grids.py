"""Losses as people write them for autograd: windows over images, fluids on grids.

Not a test: `test_example_losses.py` differentiates them, as those of `example_losses.py`.
"""

import numpy as np
from example_losses import drawn


class Weights:
    """Which part of one vector holds the weights of which name."""

    def __init__(self):
        self.places = {}
        self.count = 0

    def add(self, name, shape):
        start = self.count
        self.count += np.prod(shape)
        self.places[name] = (slice(start, self.count), shape)

    def get(self, vector, name):
        place, shape = self.places[name]
        return np.reshape(vector[place], shape)


class Windows:
    def __init__(self, size, filters):
        self.size, self.filters = size, filters

    def shape_after(self, colors, rows, columns):
        self.weights = Weights()
        self.weights.add("filters", (colors, self.filters, *self.size))
        self.weights.add("shifts", (1, self.filters, 1, 1))
        return self.filters, rows - self.size[0] + 1, columns - self.size[1] + 1

    def __call__(self, x, vector):
        filters = self.weights.get(vector, "filters")
        seen = np.lib.stride_tricks.sliding_window_view(x, self.size, axis=(2, 3))
        turned = filters[:, :, ::-1, ::-1]
        return np.einsum("bcijkl,cokl->boij", seen, turned) + self.weights.get(vector, "shifts")


class Pooling:
    def __init__(self, size):
        self.size = size

    def shape_after(self, colors, rows, columns):
        self.weights = Weights()
        return colors, rows // self.size[0], columns // self.size[1]

    def __call__(self, x, vector):
        shape = x.shape[:2]
        for k, width in enumerate(self.size):
            shape += (x.shape[k + 2] // width, width)
        return np.max(np.max(x.reshape(shape), axis=3), axis=4)


class Full:
    def __init__(self, size):
        self.size = size

    def shape_after(self, *shape):
        self.weights = Weights()
        self.weights.add("matrix", (np.prod(shape, dtype=int), self.size))
        self.weights.add("shifts", (self.size,))
        return (self.size,)

    def __call__(self, x, vector):
        if x.ndim > 2:
            x = x.reshape((x.shape[0], np.prod(x.shape[1:])))
        get = self.weights.get
        return self.bent(np.dot(x[:, :], get(vector, "matrix")) + get(vector, "shifts"))


class Tanh(Full):
    def bent(self, x):
        return np.tanh(x)


class Softmax(Full):
    def bent(self, x):
        top = np.max(x)
        return x - (top + np.log(np.sum(np.exp(x - top), axis=1, keepdims=True)))


LAYERS, ALL = [Windows((2, 2), 2), Pooling((2, 2)), Tanh(3), Softmax(2)], Weights()
SHAPE = (1, 5, 5)
for layer in LAYERS:
    SHAPE = layer.shape_after(*SHAPE)
    ALL.add(layer, (layer.weights.count,))


def convolutions(vector, images, labels):
    x = images
    for layer in LAYERS:
        x = layer(x, ALL.get(vector, layer))
    return 0.1 * np.dot(vector, vector) - np.sum(x * labels)


def moved(f, step, axis):
    return np.roll(f, step, axis=axis)


def difference(f, axis):
    return moved(f, -1, axis) - moved(f, 1, axis)


def neighbours(f):
    return moved(f, 1, 0) + moved(f, -1, 0) + moved(f, 1, 1) + moved(f, -1, 1)


def carried(f, vx, vy):
    """Values are taken from where the flow comes from, between four cells."""
    rows, columns = f.shape
    across, down = np.meshgrid(np.arange(columns), np.arange(rows))
    y, x = (down - vy).ravel(), (across - vx).ravel()
    top, left = np.floor(y).astype(int), np.floor(x).astype(int)
    dy, dx = y - top, x - left
    top, left = np.mod(top, rows), np.mod(left, columns)
    below, right = np.mod(top + 1, rows), np.mod(left + 1, columns)
    upper = (1 - dx) * f[top, left] + dx * f[top, right]
    lower = (1 - dx) * f[below, left] + dx * f[below, right]
    return np.reshape((1 - dy) * upper + dy * lower, (rows, columns))


def incompressible(vx, vy):
    p = np.zeros(vx.shape)
    h = 1.0 / vx.shape[0]
    sources = -0.5 * h * (difference(vx, 1) + difference(vy, 0))
    for _ in range(2):
        p = (sources + neighbours(p)) / 4.0
    vx -= 0.5 * difference(p, 1) / h
    vy -= 0.5 * difference(p, 0) / h
    return vx, vy


def smoke(p, start, wanted):
    vx, vy = (np.reshape(part, start.shape) for part in np.split(p, 2))
    for _ in range(2):
        ahead_x, ahead_y = carried(vx, vx, vy), carried(vy, vx, vy)
        vx, vy = incompressible(ahead_x, ahead_y)
        start = carried(start, vx, vy)
    return np.mean((start - wanted) ** 2)


def filled(f, solid):
    free = 1 - solid
    mean = neighbours(f * free) / (neighbours(free) + 0.001)
    return f * free + (1 - free) * mean


def around(vx, vy, solid):
    p = np.zeros(vx.shape)
    sources = filled(-0.5 * (difference(vx, 1) + difference(vy, 0)), solid)
    for _ in range(2):
        p = filled((sources + neighbours(p)) / 4.0, solid)
    vx = vx - 0.5 * difference(p, 1)
    vy = vy - 0.5 * difference(p, 0)
    return vx * (1 - solid), vy * (1 - solid)


def wing(p, vx, vy):
    mask = np.zeros(vx.shape)
    mask[1:3, 1:4] = 1.0
    solid = 0.5 * (np.tanh(np.reshape(p, vx.shape)) + 1.0) * mask
    first_x, first_y = vx, vy
    vx, vy = around(vx, vy, solid)
    ahead_x, ahead_y = carried(vx, vx, vy), carried(vy, vx, vy)
    vx, vy = around(ahead_x, ahead_y, solid)
    return -np.mean(vy - first_y) / np.mean(first_x - vx)


GRIDS = {
    convolutions: (1, drawn(ALL.count), drawn(2, 1, 5, 5), np.eye(2)),
    smoke: (1, drawn(24), drawn(3, 4, seed=1), drawn(3, 4, seed=2)),
    wing: (1, drawn(20), 0.7 * np.ones((4, 5)), 0.1 + np.zeros((4, 5))),
}
