"""Forms that rules of simplification look for, and forms that only look like them.

Each is written once, with `f.` before every function; `{0}` and `{1}` are its arguments.
"""

import re

import numpy as np

from fuzzing import reference
from fuzzing.operations import LINE, POSITIVE, UNIT, Operation

_KINKED = {
    "abs", "sign", "maximum", "minimum", "where", "max", "min", "norm", "softplus", "logaddexp",
    "relu", "logdet", "cbrt", "greater", "less", "hypot", "arctan2", "logaddexp2", "log1p", "expm1",
}  # fmt: skip
_NAMES = {"inverse": "linalg.inv", "det": "linalg.det", "norm": "linalg.norm"}
_OWN = {"max": reference.largest, "min": reference.smallest, "abs": reference.absolute}
_CALL = re.compile(r"\bf\.(\w+)")


class _Numpy:
    """numpy's functions under einsgrad's names."""

    def __getattr__(self, name):
        if name in _OWN:
            return _OWN[name]
        if name in ("inverse", "det"):
            return getattr(np.linalg, _NAMES[name].removeprefix("linalg."))
        return getattr(reference, name, None) or getattr(np, name)


def _function_name(match):
    name = _NAMES.get(match[1], match[1])
    known = name.startswith("linalg.") or hasattr(np, name)
    return f"np.{name}" if known else f"eg.{name}"


def _idiom(text, *domain):
    kinked = _KINKED.intersection(_CALL.findall(text))
    letters = "xyz"[: len(domain)]
    value = eval(f"lambda {', '.join(letters)}: {text.format(*letters)}", {"f": _Numpy()})
    return Operation(
        text.format(*letters),
        "(" + _CALL.sub(r"eg.\1", text) + ")",
        f"({_CALL.sub(_function_name, text)})",
        value,
        domain,
        not kinked,
    )


OF_ENTRIES = [
    *(
        _idiom(text, LINE)
        for text in (
            "f.log(f.exp({0}))",
            "f.sqrt({0} * {0})",
            "({0}**2)**0.5",
            "1 / (1 + f.exp(-{0}))",
            "f.log(1 + f.exp({0}))",
            "f.exp({0}) - 1",
            "f.exp({0} + 1) - 1",
            "1 - f.tanh({0})**2",
            "1 - f.sigmoid({0})",
            "5 - f.sigmoid({0})",
            "f.sum(f.exp(0 * {0})) - f.sigmoid({0})",
            "f.sum(0 * {0} + 1) + f.exp({0})",
            "f.log(f.sum(0 * {0} + 1) + f.exp({0}))",
            "f.log(2 + f.exp({0}))",
            "f.softplus({0}) - {0}",
            "f.softplus({0}) + {0}",
            "f.softplus(-{0})",
            "-f.softplus(-{0})",
            "{0} * f.sigmoid({0})",
            "f.log(f.sigmoid({0}))",
            "f.sigmoid({0}) * (1 - f.sigmoid({0}))",
            "f.exp(-f.softplus({0}))",
            "f.exp({0}) / (1 + f.exp({0}))",
            "f.exp({0}) / (2 + f.exp({0}))",
            "f.sin({0})**2 + f.cos({0})**2",
            "f.cosh({0})**2 - f.sinh({0})**2",
            "f.where({0} > 0, {0}, 0)",
            "f.where({0} > 0, f.exp({0}), {0}) * {0}",
            "f.abs({0}) * f.sign({0})",
            "f.abs({0})**2",
            "f.abs({0})**3",
            "f.maximum({0}, 0)",
            "f.maximum({0}, -{0})",
            "f.logaddexp({0}, 0)",
            "f.logaddexp({0}, {0})",
            "f.logaddexp({0}, -{0})",
            "f.exp({0})**2",
            "f.exp(2 * {0}) * f.exp(-{0})",
            "f.exp({0} / 2)**3",
            "2**{0} * 2**{0}",
            "(2 * {0})**3",
            "(-{0})**3",
            "(-2 * {0})**2",
            "{0} * {0} * {0} * {0} * {0}",
            "{0}**3 * {0}**2",
            "f.arcsinh(f.sinh({0}))",
            "f.tan(f.arctan({0}))",
            "f.logit(f.sigmoid({0}))",
            "f.log1p(f.expm1({0}))",
            "f.cbrt({0}**2 + 1)**3",
            "f.hypot({0}, {0})",
            "f.hypot({0}, 2.0)",
            "({0} + 1e-9) - 1e-9",
            "1e-3 * ({0} + 1e3)",
            "({0} - {0}) + {0}",
            "0 * {0} + 2",
            "0 / (1 + {0} * {0})",
            "{0} / 3 * 3",
            "0.1 * {0} + 0.2 * {0} - 0.3 * {0} + {0}",
        )
    ),
    *(
        _idiom(text, POSITIVE)
        for text in (
            "f.exp(f.log({0}))",
            "{0} * (1 / {0})",
            "{0} / {0}",
            "({0}**1.5)**2",
            "({0}**2)**0.75",
            "({0}**-1)**-1",
            "f.sqrt({0}) * f.sqrt({0})",
            "f.sqrt({0})**3",
            "1 / f.sqrt({0})",
            "{0} / f.sqrt({0})",
            "1 / (1 / {0} + 1)",
            "f.log({0}**2)",
            "f.log(1 / {0})",
            "f.log(3 * {0})",
            "f.log(f.sqrt({0}))",
            "f.log2({0}) + f.log10({0})",
            "f.exp(-f.log({0}))",
            "f.exp(2 * f.log({0}))",
            "{0}**{0}",
            "2.5**f.log({0})",
            "f.expm1(f.log1p({0}))",
            "f.sqrt(4 * {0})",
            "f.sqrt({0} / 9)",
            "(4 * {0})**0.5",
        )
    ),
    *(_idiom(text, UNIT) for text in ("f.sin(f.arcsin({0}))", "f.tanh(f.arctanh({0}))")),
]
OF_TWO = [
    *(
        _idiom(text, LINE, LINE)
        for text in (
            "f.exp({0}) * f.exp({1})",
            "f.exp({0}) / f.exp({1})",
            "f.exp(f.logaddexp({0}, {1}))",
            "f.log(f.exp({0}) + f.exp({1}))",
            "({0} + {1}) * ({0} - {1})",
            "({0} + {1})**2 - {0}**2 - {1}**2",
            "{0} * {1} + {0} * {1}",
            "{0} * ({1} + 1) - {0}",
            "{0} - ({0} - {1})",
            "f.maximum({0}, {1}) + f.minimum({0}, {1})",
            "f.maximum({0}, f.minimum({0}, {1}))",
            "f.where({0} < {1}, {0}, {1})",
            "f.where({0} < {1}, {0}, {0}) * {1}",
            "f.sqrt({0} * {0} + {1} * {1} + 0.5)",
            "f.abs({0} * {1})",
            "f.sigmoid({0}) * f.sigmoid(-{1})",
            "f.tanh({0}) / (1 + f.tanh({0}) * f.tanh({1}) / 2)",
        )
    ),
    *(
        _idiom(text, POSITIVE, POSITIVE)
        for text in (
            "f.log({0}) + f.log({1})",
            "f.log({0} * {1})",
            "f.log({0} / {1})",
            "({0} * {1}) / {0}",
            "{0} / ({0} / {1})",
            "{0}**{1} * {0}**2",
            "{0}**{1} / {0}",
            "({0}**{1})**0.5",
            "f.sqrt({0} * {1})",
            "f.sqrt({0}) / f.sqrt({1})",
            "({0} * {1})**1.5",
            "({0} / {1})**2",
            "f.power({0}, f.log({1}))",
        )
    ),
]
# A whole array to a number.
OF_WHOLE = [
    *(
        _idiom(text, LINE)
        for text in (
            "f.log(f.sum(f.exp({0})))",
            "f.sum({0} * {0})**0.5",
            "f.norm({0})**2",
            "f.sum({0}) / f.sum(0 * {0} + 1)",
            "f.mean({0}**2) - f.mean({0})**2",
            "f.max({0}) - f.min({0})",
            "f.max(-{0})",
            "f.exp(f.logsumexp({0}))",
            "f.logsumexp({0} - f.logsumexp({0}))",
            "f.logsumexp(2 * {0} + 1)",
            "f.sum(f.sum({0}) * {0})",
            "f.sum({0} - f.mean({0}))",
            "f.sum(({0} - f.mean({0}))**2)",
            "f.prod({0}) * f.prod({0})",
            "f.prod(2 * {0})",
            "f.sum(f.sum(f.tanh({0})) - f.tanh({0}))",
        )
    ),
    *(_idiom(text, POSITIVE) for text in ("f.log(f.prod({0}))", "f.exp(f.sum(f.log({0})))")),
]
# Of an array, an array of the same dims.
OF_SHAPED = [
    *(
        _idiom(text, LINE)
        for text in (
            "{0} - f.logsumexp({0})",
            "f.exp({0} - f.logsumexp({0}))",
            "{0} - 2 * f.logsumexp({0})",
            "f.exp({0}) / f.sum(f.exp({0}))",
            "f.exp({0} - f.max({0}))",
            "{0} / (1 + f.norm({0}))",
            "{0} - f.mean({0})",
            "{0} * f.sum({0} * {0})",
            "f.sum({0}) * f.exp({0}) - f.sum(f.exp({0})) * {0}",
        )
    )
]
# Of one or two square, well conditioned matrices.
OF_MATRICES = [
    *(
        _idiom(text, LINE)
        for text in (
            "f.inverse({0}) @ {0}",
            "f.inverse(f.inverse({0}))",
            "f.inverse({0}.T)",
            "f.inverse({0}).T",
            "f.inverse(3 * {0})",
            "f.inverse({0} @ {0})",
            "f.inverse({0}) @ {0} @ {0}",
            "{0} @ f.inverse({0} @ {0}.T) @ {0}.T",
            "{0} @ {0} @ {0}",
            "({0} + {0}.T) / 2",
            "{0} - {0}.T",
            "{0} @ {0}.T",
            "f.solve({0}, {0}.T)",
            "f.solve({0}.T, {0})",
            "f.diag(f.diag({0}))",
            "f.diag(f.diag({0})) @ {0}",
        )
    )
]
MATRICES_TO_NUMBERS = [
    *(
        _idiom(text, LINE)
        for text in (
            "f.log(f.abs(f.det({0})))",
            "f.det({0} @ {0})",
            "f.det({0}.T)",
            "f.det(2 * {0})",
            "f.det(f.inverse({0}))",
            "f.logdet(f.inverse({0}))",
            "f.logdet({0} @ {0})",
            "f.logdet(-2 * {0})",
            "f.det({0}) * f.det(f.inverse({0}))",
            "f.trace({0} @ {0})",
            "f.trace(f.inverse({0}) @ {0})",
            "f.trace({0} @ {0}.T)",
            "f.trace({0} @ f.inverse({0} + {0}.T @ {0}))",
            "f.sum(f.diag({0}))",
            "f.trace(f.diag(f.diag({0})) @ {0})",
        )
    )
]
