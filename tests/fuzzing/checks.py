"""What is compared for a program: values and derivatives, by every door of einsgrad."""

import contextlib
from dataclasses import dataclass

import numpy as np

import einsgrad as eg
from einsgrad.engine.evaluation import evaluate_expr
from einsgrad.expressions.kinds import kind_of
from einsgrad.expressions.walks import variables_in
from fuzzing import reference
from fuzzing.arrays import laid_out
from fuzzing.programs import Program
from fuzzing.slopes import NOISE, Unsmooth, slope_of, value_of


class Difference(AssertionError):
    """A result differs from numpy's."""


@dataclass
class Case:
    """A program, the arrays that it is given, and the numbers that they stand for."""

    program: Program
    arrays: dict
    exact: dict
    random: np.random.Generator
    noise: float = NOISE

    def __post_init__(self):
        names = [one.name for one in self.program.inputs]
        self.names = names
        self.floats = [n for n in names if self.arrays[n].dtype.kind in "fc"]

    def variables(self):
        return self.program.variables()

    def given(self, expr):
        """Return the arrays of the variables that an expression has."""
        return {v.name: self.laid(v.name) for v in variables_in(expr)}

    def laid(self, name):
        return laid_out(self.arrays[name], self.random)

    def all_laid(self):
        return [self.laid(name) for name in self.names]

    def has_cancelled(self):
        """Tell whether a variable leaves with simplification, and its dtype with it."""
        simple = eg.simplify(self.program.expression(self.variables()))
        return len(variables_in(simple)) < len(self.names)

    def move(self, name):
        """Draw a direction in a variable; a symmetric one has symmetric directions."""
        one = next(one for one in self.program.inputs if one.name == name)
        shape = self.program.shape(one)
        v = self.random.standard_normal(shape)
        if self.arrays[name].dtype.kind == "c":
            v = v + 1j * self.random.standard_normal(shape)
        return v + v.T if one.trait == "symmetric" else v

    def wrt(self):
        """Draw a variable that has derivatives."""
        if not self.floats:
            raise Unsmooth
        return self.floats[int(self.random.integers(len(self.floats)))]

    def value(self):
        found = value_of(self.program, self.exact, self.noise)
        # Where noise leaves the domain of a function there is nothing to compare with.
        if reference.UNSURE in reference.decisions or not np.all(np.isfinite(found[1])):
            raise Unsmooth
        return found

    def slope(self, moves, order=1):
        return slope_of(self.program, self.exact, moves, order, self.noise)

    def function(self):
        """Build the numpy function, of all inputs, where numpy's own arithmetic is exact enough.

        Within a function numpy itself computes what is made of integer arrays alone.

        Raises
        ------
        Unsmooth
        """
        whole = [array for array in self.arrays.values() if array.dtype.kind not in "fc"]
        if any(array.dtype.itemsize < 4 for array in whole):
            # Of these numpy takes functions in half or single precision.
            raise Unsmooth
        if whole:
            value, uncertain = self.value()
            try:
                own = self.program.value(self.arrays)
            except (TypeError, ValueError, OverflowError):
                raise Unsmooth from None
            if not np.all(np.abs(own - value) <= uncertain):
                raise Unsmooth
        return self.program.function({})


def agree(what, got, expected, uncertain):
    """Compare a result with numpy's, entry by entry.

    Raises
    ------
    Difference
    """
    got, expected = np.asarray(got), np.asarray(expected)
    if got.dtype.kind not in "biufc":
        raise Difference(f"{what}: dtype {got.dtype}")
    if got.shape != expected.shape:
        raise Difference(f"{what}: shape {got.shape}, not {expected.shape}")
    wide = got.astype(complex if got.dtype.kind == "c" else float)
    with np.errstate(all="ignore"):
        wrong = ~(np.abs(wide - expected) <= uncertain)
    if np.any(wrong):
        with np.errstate(all="ignore"):
            near = np.all(np.abs(wide - expected) <= 0.02 * np.abs(expected) + uncertain)
        what += ", less exact" if near else ""
        raise Difference(f"{what}: {clipped(wide)}, not {clipped(expected)}")


def clipped(array):
    text = np.array2string(np.asarray(array), precision=8, separator=",", threshold=20)
    return " ".join(text.split())[:150]


# Values, by each door.


def evaluated(case):
    expr = case.program.expression(case.variables())
    _check_value(case, "evaluate", eg.evaluate(expr, **case.given(expr), sizes=_sizes(case)))


def simplified(case):
    expr = eg.simplify(case.program.expression(case.variables()))
    got = eg.evaluate(expr, **case.given(expr), sizes=_sizes(case))
    if len(variables_in(expr)) < len(case.names):
        # Nothing tells the dtype of what has cancelled.
        agree("simplify", got, *case.value())
    else:
        _check_value(case, "simplify", got)


def as_written(case):
    expr = case.program.expression(case.variables())
    found = evaluate_expr(expr, case.given(expr), case.program.sizes)
    _check_value(case, "as written", found)


def compiled_again(case):
    """A compiled expression that has seen other dtypes and layouts is right for these, too."""
    variables = case.variables()
    f = eg.compile(
        case.program.expression(variables), inputs=tuple(variables.values()), sizes=_sizes(case)
    )
    others = [a.astype("f4") if a.dtype == "f8" else a for a in case.all_laid()]
    # The program's numbers may be too large for single precision, of which numpy warns.
    with contextlib.suppress(eg.EinsgradError), np.errstate(all="ignore"):
        f(*others)
    _check_value(case, "compile, called again", f(*case.all_laid()))


def compiled(case):
    variables = case.variables()
    expr = case.program.expression(variables)
    f = eg.compile(expr, inputs=tuple(variables.values()), sizes=_sizes(case))
    for arrays in (case.all_laid(), case.all_laid()):
        copies = [a.copy() for a in arrays]
        got = f(*arrays)
        _check_value(case, "compile", got)
        if not all(np.array_equal(a, b) for a, b in zip(arrays, copies, strict=True)):
            raise Difference("compile: an input was changed")
        if np.asarray(got).flags.writeable and any(np.shares_memory(got, a) for a in arrays):
            raise Difference("compile: the result is a writeable view of an input")


def of_function(case):
    f = case.function()
    got = eg.jvp(f, tuple(case.all_laid()), _still(case))[0]
    if kind_of(case.program.expression(case.variables())) == "b":
        agree("value of a function", got, *case.value())
        if np.asarray(got).dtype != bool:
            raise Difference("value of a function, dtype: that of a comparison is bool")
        return
    _check_value(case, "value of a function", got)


def _still(case):
    """Return tangents of 0; integers have none."""
    return tuple(
        np.zeros_like(case.arrays[name]) if name in case.floats else None for name in case.names
    )


def _check_value(case, what, got):
    agree(what, got, *case.value())
    _check_dtype(case, what, np.asarray(got).dtype)


def _check_dtype(case, what, got):
    """Compare with the dtype that numpy's own code gives, or that joins all arrays."""
    if not variables_in(case.program.expression(case.variables())):
        # Zeros like another value: no array is given.
        return
    dtypes = [array.dtype for array in case.arrays.values()]
    if len(set(dtypes)) > 1 and case.has_cancelled():
        return
    try:
        own = np.asarray(case.program.value(case.arrays)).dtype
    except (TypeError, ValueError, OverflowError):
        # numpy has no matrix functions in half precision, and not all functions of integers.
        return
    floats = [dtype for dtype in dtypes if dtype.kind in "fc"]
    if len(floats) < len(dtypes):
        _check_width(what, got, own, floats)
        return
    joined = np.result_type(*dtypes)
    # What cancels may have been the only complex part.
    real = joined.type(0).real.dtype
    allowed = {own, real, joined} if own.kind == "c" else {own, real}
    if got not in allowed:
        names = " or ".join(sorted(map(str, allowed)))
        raise Difference(f"{what}, dtype: {got}, not {names}")


def _check_width(what, got, own, floats):
    """Where integers are among the arrays, refuse a dtype that is less exact than the floats."""
    if own.kind not in "fc" or not floats:
        return
    least = [own, np.result_type(*floats)]
    real = [dtype.type(0).real.dtype for dtype in least]
    if not any(np.can_cast(dtype, got) for dtype in (*least, *real)):
        raise Difference(f"{what}, dtype: {got}, less exact than {' and '.join(map(str, least))}")


def _sizes(case):
    dims = {dim for one in case.program.inputs for dim in one.dims if isinstance(dim, str)}
    return {dim: case.program.sizes[dim] for dim in dims}


VALUES = (evaluated, simplified, as_written, compiled, compiled_again, of_function)
