"""Central differences of functions of one array, which derivatives are compared with."""


def difference(f, x, direction, step=1e-6):
    """Return the slope of a function of an array along a direction."""
    return (f(x + step * direction) - f(x - step * direction)) / (2 * step)
