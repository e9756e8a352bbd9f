"""The page that says which functions are there for arrays of other libraries, from their rows."""

from einsgrad.engine.backends.libraries import LIBRARIES
from einsgrad.expressions.tables.rows import Elementwise, Reduction, all_rows

INTRODUCTION = """\
# Arrays of other libraries

`eg.einsum`, `eg.vjp`, `eg.jvp`, `eg.evaluate`, compiled functions, and the derivatives of
functions such as `eg.grad(f)` take arrays of torch, jax, dask, and of every namespace of the
[array API standard](https://data-apis.org/array-api/latest/), cupy's among them. What they return
is of the same kind, on the same device, and of the same dtype; bfloat16 and float16 are computed
in single precision.

- All arrays of a call are of one library, and numbers of Python may stand beside them. Nothing is
  converted to another library: a call that would need that is an error.
- What a library lacks is an error that names it. The table tells which functions are there;
  contractions, sums, deltas and indices are there in all of them. Matrix functions of dask arrays
  want square chunks.
- A dask array is not computed, nor one of torch's `meta` device, and jax may trace what is
  called.
- Whole numbers become floats of the least precision among the arrays, or the library's own
  default.
- That a matrix is symmetric, as its variable was declared, is checked where entries are known:
  not for dask, and not within a trace.
- Structured results, limits of memory, functions of your own that were defined for numpy, and the
  checks of derivatives take arrays of numpy.

In a function that is differentiated, write numpy's functions, as `np.exp(x)`: what is traced
takes them whatever the arrays are. See [](how-to/torch.md) and [](how-to/jax.md).

The page is written from the tables when the documentation is built.
"""

_KINDS = {
    "Functions of entries": Elementwise,
    "Reductions": Reduction,
    "Functions of matrices": object,
}


def page():
    """Return the page."""
    rows = [row for row in all_rows() if row.name not in ("positive_definite",)]
    parts = [INTRODUCTION]
    for title, kind in _KINDS.items():
        own = [row for row in rows if isinstance(row, kind)]
        rows = [row for row in rows if row not in own]
        parts.append(f"## {title}\n\n{table(own)}\n")
    return "\n".join(parts)


def table(rows):
    """Return a table of rows, with a column for each library."""
    titles = [library.title for library in LIBRARIES.values()]
    lines = [f"| | {' | '.join(titles)} |", f"|---|{'---|' * len(titles)}"]
    for row in sorted(rows, key=lambda one: one.name):
        has = [library.column(row) is not None for library in LIBRARIES.values()]
        if any(has):
            lines.append(f"| `{row.name}` | {' | '.join('yes' if one else '' for one in has)} |")
    return "\n".join(lines)
