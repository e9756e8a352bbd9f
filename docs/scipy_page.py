"""The page that says which functions of scipy work on expressions, written from their tables."""

from numpy_page import rows_of

from einsgrad.expressions.vocabulary.numpy_parameters import NumpyFunction
from einsgrad.expressions.vocabulary.numpy_table import SCIPY, scipy_function
from einsgrad.expressions.vocabulary.scipy_densities import continuous_methods, discrete_methods
from einsgrad.expressions.vocabulary.scipy_distributions import CONTINUOUS, DISCRETE
from einsgrad.expressions.vocabulary.scipy_hooks import FUNCTIONS
from einsgrad.expressions.vocabulary.scipy_multivariate import MULTIVARIATE
from einsgrad.expressions.vocabulary.scipy_special import COMPOSED

INTRODUCTION = """\
# scipy functions

The functions of scipy that work in functions that are traced, called by their own names:
`scipy.special.logsumexp(x)`. Values, shapes and the names of parameters are those of scipy. A
parameter under "default only" may be given with its default; another value is an error that names
it. Options that say only how something is computed, such as `check_finite`, may have any value.
Other functions of scipy are an error that says so. The page is written from the tables when the
documentation is built.
"""

UFUNCS = """\
Of one to three operands, which broadcast; `out=` and the other options of ufuncs are refused. Those
of whole orders, and some parameters, have no derivative in these, and say so.
"""

SOLVERS = """\
The right side of an equation is traced: it is written in numpy's functions, and may hold traced
values in its arguments or by itself. The slopes of the solution in the parameters, in the initial
state and in the times solve an equation of their own beside it, with the same solver and
tolerances, so that there are derivatives of every order; how long that takes grows with the number
of parameters. `solve_ivp` needs `t_eval`.
"""

_SUBJECTS = {
    "scipy.linalg": ("Linear algebra", ""),
    "scipy.signal": ("Convolutions and correlations", ""),
    "scipy.integrate": ("Integrals and differential equations", SOLVERS),
    "scipy.fft._basic_backend": ("Fourier transforms", ""),
    "scipy.fft": ("Order of frequencies", ""),
    "scipy.spatial.distance": ("Distances", ""),
    "scipy.special": ("Special functions with options", ""),
}


def page():
    """Return the page."""
    parts = [INTRODUCTION, *[subject(module) for module in _SUBJECTS], ufuncs(), distributions()]
    return "\n".join(parts)


def subject(module):
    """Return the table of a module."""
    title, says = _SUBJECTS[module]
    public = module.partition("._")[0]
    known = {
        f"{public}.{name}": NumpyFunction(name, build, parameters)
        for name, (build, parameters) in FUNCTIONS[module].items()
    }
    return "\n".join([f"## {title}\n", *([says] if says else []), rows_of(known)])


def ufuncs():
    """Return the functions of scipy.special that are ufuncs."""
    names = sorted({*COMPOSED, *[name for name in SCIPY if scipy_function(name)]})
    said = ", ".join(f"`{name}`" for name in names)
    return f"## Special functions entry by entry\n\n{UFUNCS}\n{said}\n"


def distributions():
    """Return the distributions and their methods."""
    methods = {
        **{name: continuous_methods(name) for name in CONTINUOUS},
        **{name: discrete_methods(name) for name in DISCRETE},
        **MULTIVARIATE,
    }
    rows = ["| distribution | methods |", "|---|---|"]
    for name in sorted(methods):
        rows.append(f"| `scipy.stats.{name}` | {', '.join(f'`{one}`' for one in methods[name])} |")
    return "\n".join(["## Distributions\n", *rows, ""])
