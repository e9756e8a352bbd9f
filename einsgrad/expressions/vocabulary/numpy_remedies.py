"""What to write in place of functions of numpy that expressions do not have."""

from __future__ import annotations

REMEDIES: dict[str, str] = {
    **dict.fromkeys(
        [
            *("nonzero", "flatnonzero", "argwhere", "trim_zeros", "unique", "unique_all"),
            *("unique_counts", "unique_inverse", "unique_values"),
            *("union1d", "intersect1d", "setdiff1d", "setxor1d"),
        ],
        "How many there are depends on data. Use where(mask, x, 0) in place of a selection.",
    ),
    **dict.fromkeys(
        ["nextafter", "spacing", "frexp"],
        "It reads how floats are stored. Compute it from the arrays outside.",
    ),
    "ldexp": "Write x * 2.0**n.",
    "sort_complex": "Use numpy.sort.",
    "polydiv": "How long the remainder is depends on data. Solve for the quotient.",
    "ravel_multi_index": "Write i * n + j, with n the size of the axis of j.",
    "empty_like": "Use numpy.zeros_like(x), and y.at[key].set(value) in place of writing into it.",
    **dict.fromkeys(
        ["gcd", "lcm", "left_shift", "right_shift", "bitwise_count", "packbits", "unpackbits"],
        "It is for integers, which have no derivative. Compute it from the arrays outside.",
    ),
    **dict.fromkeys(
        ["isnat", "busday_count", "busday_offset", "is_busday", "datetime_as_string"],
        "It is for dates, of which there are no derivatives. Compute it outside.",
    ),
    **dict.fromkeys(
        ["array2string", "array_repr", "array_str"],
        "It writes values, which an expression has none of. Use str(x), or write the result.",
    ),
    **dict.fromkeys(
        ["shares_memory", "may_share_memory"],
        "It asks for memory, which an expression has none of. Ask the arrays.",
    ),
    **dict.fromkeys(
        ["copyto", "place", "put", "putmask", "put_along_axis"],
        "An expression is not written into. Use x = x.at[key].set(value) or where(mask, new, x).",
    ),
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
}


def remedy_for(path: str) -> str:
    """Return what to write in place of a function that is not supported; nothing if not known.

    Examples
    --------
    >>> remedy_for("numpy.ldexp"), remedy_for("numpy.tanh")
    ('Write x * 2.0**n.', '')
    """
    module, _, name = path.rpartition(".")
    return REMEDIES.get(name, "") if module in ("numpy", "numpy.linalg") else ""
