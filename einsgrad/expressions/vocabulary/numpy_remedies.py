"""What to write in place of functions of numpy that expressions do not have."""

from __future__ import annotations

_REMEDIES: dict[str, str] = {
    **dict.fromkeys(
        ["nonzero", "flatnonzero", "argwhere", "unique"],
        "How many there are depends on data. Use where(mask, x, 0) in place of a selection.",
    ),
    "nextafter": "It steps to the next float of the arrays. Compute it from them outside.",
    **dict.fromkeys(
        ["allclose", "array_equal", "array_equiv"],
        "Its answer is for an if, which depends on data here. Use numpy.all(numpy.isclose(a, b)) "
        "or numpy.all(a == b) as a number.",
    ),
    **dict.fromkeys(
        ["histogram", "histogram2d", "histogramdd", "histogram_bin_edges"],
        "It counts data, which has no derivative. Compute it from the arrays outside.",
    ),
    "fill_diagonal": "An expression is not written into. Use A - diag(diag(A)) + diag(values).",
    "clip": "The function numpy.clip(x, low, high) is, in place of the method of an array.",
}


def remedy_for(path: str) -> str:
    """Return what to write in place of a function that is not supported; nothing if not known.

    Examples
    --------
    >>> remedy_for("numpy.slogdet"), remedy_for("numpy.tanh")
    ('Use einsgrad.logdet for its second part.', '')
    """
    module, _, name = path.rpartition(".")
    return _REMEDIES.get(name, "") if module in ("numpy", "numpy.linalg") else ""
