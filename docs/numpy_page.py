"""The page that says which functions of numpy work on expressions, written from their tables."""

from inspect import Parameter

from einsgrad.expressions.vocabulary.numpy_parameters import NumpyFunction
from einsgrad.expressions.vocabulary.numpy_protocol import EINSUM, OF_DTYPES, OF_SHAPES, QUESTIONS
from einsgrad.expressions.vocabulary.numpy_remedies import REMEDIES
from einsgrad.expressions.vocabulary.numpy_table import BUILT_IN

INTRODUCTION = """\
# numpy functions

The functions of numpy that work on expressions and in functions that are traced, with the
parameters that they take. Values, shapes, errors and the names of parameters are those of numpy.
A parameter under "default only" may be given with its default; another value is an error that
names it. A function that is not on this page is refused by its name, with what to write in its
place. The page is written from the tables when the documentation is built.

In a function that is traced a list with traced values in it is an array where numpy makes one of
it, as in `numpy.linalg.norm([x, y])`; functions that work entry by entry, such as `numpy.exp`, want
`numpy.array([x, y])`.

Methods and attributes of arrays that stand for a function here are there on expressions too:
`x.sum(axis=0)`, `x.T`, `x.reshape(2, -1)`.
"""

UFUNCS = """\
These take operands by place, which broadcast. `out=`, `where=`, `dtype=` and the other options
of ufuncs are refused. `reduce` works for `add`, `multiply`, `maximum`, `minimum` and `logaddexp`,
and `outer` for all of two operands.
"""

_SUBJECTS = {
    "Comparisons, logic and floats": (
        "greater greater_equal less less_equal equal not_equal isclose isin logical_and logical_or "
        "logical_xor logical_not bitwise_and bitwise_or bitwise_xor invert isnan isinf isfinite "
        "isposinf isneginf signbit isreal iscomplex real_if_close nan_to_num"
    ),
    "Choices": "where select piecewise choose clip",
    "Reductions and statistics": (
        "sum prod mean var std max amax min amin ptp any all count_nonzero average median quantile "
        "percentile cov corrcoef nansum nanprod nanmean nanvar nanstd nanmax nanmin nanmedian "
        "nanquantile nanpercentile bincount"
    ),
    "Products": (
        "matmul matvec vecmat vecdot dot vdot inner outer kron tensordot einsum cross trace "
        "convolve correlate linalg.matmul linalg.vecdot linalg.outer linalg.tensordot "
        "linalg.multi_dot linalg.cross linalg.trace linalg.matrix_power"
    ),
    "Axes and shapes": (
        "transpose permute_dims matrix_transpose linalg.matrix_transpose swapaxes moveaxis "
        "rollaxis expand_dims squeeze atleast_1d atleast_2d atleast_3d broadcast_to "
        "broadcast_arrays reshape ravel resize lib.stride_tricks.sliding_window_view"
    ),
    "Joining, splitting, moving and repeating": (
        "concatenate stack hstack vstack dstack column_stack block append array asarray split "
        "array_split hsplit vsplit dsplit unstack repeat tile roll flip fliplr flipud rot90 pad "
        "delete insert meshgrid"
    ),
    "Constants and copies": "copy astype zeros_like ones_like full_like",
    "Looking up": "take take_along_axis compress extract ix_ unravel_index",
    "Diagonals and triangles": "diag diagflat diagonal linalg.diagonal tril triu",
    "Order": (
        "sort argsort partition argpartition lexsort argmax argmin nanargmax nanargmin "
        "searchsorted digitize"
    ),
    "Running sums, differences and samples": (
        "cumsum cumprod nancumsum nancumprod cumulative_sum cumulative_prod diff ediff1d gradient "
        "trapezoid interp unwrap linspace geomspace logspace"
    ),
    "Polynomials": "polyval polyadd polysub polymul polyder polyint poly polyfit roots vander",
    "Functions of your own": "apply_along_axis apply_over_axes",
}


def subjects():
    """Return the paths of all functions by their subjects."""
    found = {"Entry by entry": []}
    for title, names in _SUBJECTS.items():
        found[title] = names.split()
    told = {path for paths in found.values() for path in paths}
    rest = [path for path in BUILT_IN if path not in told]
    found["Linear algebra"] = [path for path in rest if path.startswith("linalg.")]
    found["Fourier transforms"] = [path for path in rest if path.startswith("fft.")]
    found["Entry by entry"] = [path for path in rest if "." not in path]
    return found


def page():
    """Return the page."""
    lines = [INTRODUCTION]
    for title, paths in subjects().items():
        lines += [f"## {title}\n", *([UFUNCS] if title == "Entry by entry" else []), table(paths)]
    return "\n".join([*lines, questions(), refusals()])


def table(paths):
    """Return a table of functions and their parameters."""
    einsum = NumpyFunction("numpy.einsum", None, EINSUM)
    return rows_of({f"numpy.{path}": BUILT_IN.get(path, einsum) for path in sorted(paths)})


def rows_of(functions):
    """Return a table of functions by their paths, and of their parameters."""
    rows = ["| function | parameters | default only |", "|---|---|---|"]
    for path, known in functions.items():
        taken, fixed = known.taken(), known.only_defaults()
        is_ufunc = "subok" in fixed and "signature" in fixed
        only = "" if is_ufunc or not fixed else f"`{', '.join(fixed)}`"
        rows.append(f"| `{path}` | `{', '.join(map(written, taken))}` | {only} |")
    return "\n".join([*rows, ""])


def written(parameter):
    """Return a parameter as numpy's documentation writes it."""
    sign = "*" if parameter.kind is Parameter.VAR_POSITIONAL else ""
    has_default = parameter.default not in (Parameter.empty, ...)
    return f"{sign}{parameter.name}" + (f"={parameter.default!r}" if has_default else "")


def questions():
    """Return what is said of functions that ask."""
    asked = ", ".join(f"`{path}`" for path in sorted({*QUESTIONS, *OF_SHAPES}))
    dtypes = ", ".join(f"`{path}`" for path in sorted(OF_DTYPES))
    return (
        "## Answered at once\n\n"
        f"These ask for shapes, and Python gets their answers: {asked}. What asks for dtypes is "
        f"answered of traced values, which have one: {dtypes}.\n"
    )


def refusals():
    """Return the functions that are refused, by what to write in their place."""
    by_remedy = {}
    for name, remedy in REMEDIES.items():
        by_remedy.setdefault(remedy, []).append(name)
    rows = ["| function | what its error says |", "|---|---|"]
    for remedy, names in by_remedy.items():
        said = ", ".join(f"`{name}`" for name in names)
        rows.append(f"| {said} | {remedy.replace('*', chr(92) + '*')} |")
    return "\n".join(["## Refused\n", *rows, ""])
