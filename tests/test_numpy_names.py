"""Every name of numpy, numpy.linalg and numpy.fft works, is a constant, or is refused."""

import re
import warnings
from itertools import product

import numpy as np
import pytest
import test_numpy_calls as calls

import einsgrad as eg
from einsgrad.expressions.vocabulary.numpy_protocol import what_becomes_of

MODULES = {"": np, "linalg.": np.linalg, "fft.": np.fft}
PATHS = {
    prefix + name: getattr(module, name)
    for prefix, module in MODULES.items()
    for name in dir(module)
    if not name.startswith("_") and callable(getattr(module, name))
    if not isinstance(getattr(module, name), type)
}
# These are given no array, or arrays of something else than numbers.
WITHOUT_ARRAYS = {
    *("arange", "base_repr", "binary_repr", "bmat", "broadcast_shapes", "diag_indices"),
    *("empty", "eye", "format_float_positional", "format_float_scientific", "from_dlpack"),
    *("frombuffer", "fromfile", "fromfunction", "fromiter", "frompyfunc", "fromregex"),
    *("fromstring", "full", "genfromtxt", "get_include", "get_printoptions", "getbufsize"),
    *("geterr", "geterrcall", "identity", "indices", "info", "isdtype", "issubdtype", "load"),
    *("loadtxt", "mask_indices", "mintypecode", "nested_iters", "ones", "printoptions"),
    *("promote_types", "save", "savetxt", "savez", "savez_compressed", "set_printoptions"),
    *("setbufsize", "seterr", "seterrcall", "show_config", "show_runtime", "test", "tri"),
    *("tril_indices", "triu_indices", "typename", "zeros", "linalg.test", "fft.test"),
    *("bartlett", "blackman", "hamming", "hanning", "kaiser", "datetime_data"),
    *("fft.fftfreq", "fft.rfftfreq"),
}
# These convert their argument to an array before they ask anyone.
CONVERTING = {"asanyarray", "asarray_chkfinite", "ascontiguousarray", "asfortranarray"} | {
    *("asmatrix", "require", "isfortran"),
}
# Constants, whose answers Python uses itself.
ANSWERS = {
    "shape": (3, 3),
    "ndim": 2,
    "size": 9,
    "iscomplexobj": False,
    "isrealobj": True,
    "isscalar": False,
    "iterable": True,
}
# What these ask a traced value has: `test_traced_dtypes.py`.
OF_DTYPES = {"can_cast", "common_type", "min_scalar_type", "result_type"}
INDEX_ARRAYS = {"diag_indices_from", "tril_indices_from", "triu_indices_from", "einsum_path"}
WORKING = [
    path
    for path, function in PATHS.items()
    if path not in WITHOUT_ARRAYS | CONVERTING and what_becomes_of(function) is not None
]
# An old name of vstack, which calls it.
WORKING += ["row_stack"] if "row_stack" in PATHS else []
OTHER = sorted({*PATHS} - {*WORKING, *ANSWERS} - WITHOUT_ARRAYS - INDEX_ARRAYS - OF_DTYPES)

M = np.array([[2.0, 0.5, 0.1], [0.3, 1.5, 0.2], [0.15, 0.25, 1.0]]) / 2.5
X = M[1]
# What is not called with one array or two of a shape.
GIVEN = {
    "linalg.tensorinv": lambda x: np.linalg.tensorinv(x[..., None] * x.ravel() + EYE, 2),
    "array": lambda x: np.array([x, x**2], like=x),
    "asarray": lambda x: np.asarray([x, x**2], like=x),
    "unstack": lambda x: np.unstack(x)[1],
    "row_stack": lambda x: np.row_stack([x, x]),
    "concatenate": lambda x: np.concatenate([x, x**2]),
    "stack": lambda x: np.stack([x, x**2], axis=1),
    "block": lambda x: np.block([[x, x], [x, x]]),
    "linalg.multi_dot": lambda x: np.linalg.multi_dot([x, x, x]),
    "einsum": lambda x: np.einsum("ij,kj->ik", x, x),
    "where": lambda x: np.where(x > 0.3, x, x**2),
    "select": lambda x: np.select([x > 0.33, x < 0.11], [x, x**2]),
    "full_like": lambda x: np.full_like(x, 2.0) + x,
    "reshape": lambda x: np.reshape(x, (9, 1)),
    "broadcast_to": lambda x: np.broadcast_to(x, (2, 3, 3)),
    "moveaxis": lambda x: np.moveaxis(x, 0, 1),
    "rollaxis": lambda x: np.rollaxis(x, 1),
    "swapaxes": lambda x: np.swapaxes(x, 0, 1),
    "expand_dims": lambda x: np.expand_dims(x, 1),
    "take_along_axis": lambda x: np.take_along_axis(x, np.array([[0], [2], [1]]), 1),
    "compress": lambda x: np.compress([True, False, True], x, axis=1),
    "extract": lambda x: np.extract(np.eye(3) > 0, x),
    "delete": lambda x: np.delete(x, 1, axis=0),
    "insert": lambda x: np.insert(x, 1, x[0] ** 2, axis=0),
    "partition": lambda x: np.sort(np.partition(x, 1)),
    "split": lambda x: np.split(x, 3)[1],
    "array_split": lambda x: np.array_split(x, 2)[0],
    "hsplit": lambda x: np.hsplit(x, 3)[1],
    "vsplit": lambda x: np.vsplit(x, 3)[1],
    "dsplit": lambda x: np.dsplit(x.reshape(1, 3, 3), 3)[1],
    "repeat": lambda x: np.repeat(x, 2, axis=1),
    "tile": lambda x: np.tile(x, 2),
    "resize": lambda x: np.resize(x, (2, 5)),
    "roll": lambda x: np.roll(x, 1),
    "pad": lambda x: np.pad(x, 1),
    "interp": lambda x: np.interp(x, [0.0, 0.5, 1.0], [1.0, 3.0, 2.0]),
    "ix_": lambda x: x[np.ix_([0, 2], [1])],
    "unravel_index": lambda x: x[np.unravel_index(np.argsort(x.ravel()), (3, 3))],
    "vander": lambda x: np.vander(x[0]),
    "polyval": lambda x: np.polyval(x[0], x),
    "convolve": lambda x: np.convolve(x[0], x[1]),
    "correlate": lambda x: np.correlate(x[0], x[1], "full"),
    "gradient": lambda x: np.gradient(x, axis=0),
    "meshgrid": lambda x: np.meshgrid(x[0], x[1])[0],
    "broadcast_arrays": lambda x: np.broadcast_arrays(x, x[0])[1],
    "divmod": lambda x: np.divmod(x, 0.31)[1],
    "linalg.eigh": lambda x: np.linalg.eigh(x + x.T)[0],
    "linalg.eigvalsh": lambda x: np.linalg.eigvalsh(x + x.T),
    "linalg.cholesky": lambda x: np.linalg.cholesky(x @ x.T),
    "linalg.eig": lambda x: np.linalg.eig(x)[0].real,
    "linalg.eigvals": lambda x: np.linalg.eigvals(x).real,
    "linalg.svd": lambda x: np.linalg.svd(x)[1],
    "linalg.qr": lambda x: np.linalg.qr(x)[1],
    "linalg.slogdet": lambda x: np.linalg.slogdet(x)[1],
    "linalg.lstsq": lambda x: np.linalg.lstsq(x[:, :2], x[:, 2], None)[0],
    "linalg.matrix_power": lambda x: np.linalg.matrix_power(x, 3),
    "linalg.tensorsolve": lambda x: np.linalg.tensorsolve(x, x[0]),
    "linalg.solve": lambda x: np.linalg.solve(x, x[0]),
    "linalg.cond": lambda x: np.linalg.cond(x, "fro"),
    "linalg.cross": lambda x: np.linalg.cross(x[0], x[1]),
    "isclose": lambda x: np.isclose(x, x + 1e-9) * x,
}
EYE = np.zeros((3, 3, 9))
EYE.reshape(9, 9)[range(9), range(9)] = 3.0


def what_becomes_of_path(path):
    """Return the name under which a function is known that has several, such as acos."""
    known = what_becomes_of(PATHS[path])
    return known.path.removeprefix("numpy.") if known is not None else path


def call_of(path):
    """Return a call of one array that numpy itself takes, and the array."""
    first = path if path in calls.CALLS else what_becomes_of_path(path)
    if first in calls.CALLS:
        return calls.CALLS[first][0]
    if path in GIVEN:
        return GIVEN[path], M
    function = PATHS[path]
    makes = (function, lambda x: function(x, x), lambda x: function((x, x)))
    for make, array in product(makes, (M, X)):
        try:
            found = make(array)
        except (TypeError, ValueError, IndexError):
            continue
        if not isinstance(found, tuple | list):
            return make, array
    raise AssertionError(path)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("path", WORKING)
def test_what_works_has_the_value_of_numpy_and_the_slope_of_differences(path):
    calls.skip_without_scipy(path)
    function, x = call_of(path)
    # Booleans and integers are numbers.
    calls.compare(lambda x: function(x) * 1.0, x)


@pytest.mark.parametrize("path", ANSWERS)
def test_what_is_asked_of_an_expression_is_answered_as_by_numpy(path):
    found = []
    eg.vjp(lambda x: found.append(PATHS[path](x)) or x, M)
    assert found == [ANSWERS[path]]


def arguments_for(function, x):
    """Yield arguments with an expression among them."""
    for count in range(1, 5):
        for place in range(min(count, 2)):
            yield tuple(x if place == other else 1 for other in range(count))


@pytest.mark.parametrize("path", OTHER)
def test_what_does_not_work_is_refused_with_a_remedy(path):
    function, said = PATHS[path], []

    def called(x):
        for arguments in arguments_for(function, x):
            try:
                function(*arguments)
            except eg.EinsgradError as error:
                said.append(str(error))
            except (TypeError, ValueError, AttributeError, IndexError):
                # So many arguments are no call of it.
                continue
        return x

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        eg.vjp(called, M)
    name = function.__name__
    wanted = rf"numpy\.(linalg\.)?{name}[ :].*\.$" if path not in CONVERTING else r"array|flags"
    assert said, path
    assert re.search(wanted, said[0], re.DOTALL), said[0]
    remedy = r"(Use|Write|Compute|Ask|Leave|Solve|Evaluate) [^.]*\S.*\.$"
    assert re.search(remedy, said[0]), said[0]
