"""Forty derivatives that people asked for, built as expressions: what is asked, the answers."""

import json
import re
from pathlib import Path

import numpy as np

import einsgrad as eg

CASES = json.loads((Path(__file__).parent / "data" / "derivatives.json").read_text())
SIZES = {"n": 3, "m": 4, "k": 2, "d": 5, "b": 3, "p": 4, "q": 3, "r": 5}
FUNCTIONS = {"inv": "inverse", "sigm": "sigmoid", "recip": "reciprocal"}
AUXILIARY = re.compile(r"(I|1|e0)\[(\w)\]")


def auxiliary(name):
    kind, dim = AUXILIARY.fullmatch(name).groups()
    if kind == "e0":
        return eg.variables(f"e0[{dim}]")[0]
    return eg.eye(dim) if kind == "I" else eg.ones(dim)


def build(steps, variables):
    known = dict(variables)
    for name, kind, rest in steps:
        if kind == "sum":
            parts = [
                c * eg.einsum(s, *(known[o] if o in known else auxiliary(o) for o in operands))
                for c, s, operands in rest
            ]
            known[name] = eg.add(*parts)
        else:
            known[name] = getattr(eg, FUNCTIONS.get(kind, kind))(known[rest])
    return known[steps[-1][0]]


def numpy_value(steps, arrays):
    """Evaluate a straight-line program with numpy alone."""
    known = dict(arrays)

    def operand(name):
        if name in known:
            return known[name]
        kind, dim = AUXILIARY.fullmatch(name).groups()
        return {"I": np.eye(SIZES[dim]), "1": np.ones(SIZES[dim]), "e0": np.eye(SIZES[dim])[0]}[
            kind
        ]

    def softmax(x):
        e = np.exp(x - x.max(-1, keepdims=True))
        return e / e.sum(-1, keepdims=True)

    functions = {
        "inv": np.linalg.inv,
        "logdet": lambda x: np.linalg.slogdet(x)[1],
        "log": np.log,
        "softmax": softmax,
    }
    for name, kind, rest in steps:
        if kind == "sum":
            known[name] = sum(c * np.einsum(s, *map(operand, ops)) for c, s, ops in rest)
        else:
            known[name] = functions[kind](operand(rest))
    return known[steps[-1][0]]


def setting(case):
    declared = [
        eg.variables(f"{name}[{','.join(dims)}]", symmetric=name if name in case["sym"] else ())
        for name, dims in case["shapes"].items()
    ]
    variables = {v.name: v for (v,) in declared}
    generator = np.random.default_rng(1)
    arrays = {
        name: generator.standard_normal([SIZES[d] for d in dims])
        for name, dims in case["shapes"].items()
    }
    for name in case["pd"]:
        arrays[name] = arrays[name] @ arrays[name].T + 3 * np.eye(len(arrays[name]))
    return variables, arrays


def derivative(case, variables):
    expr = build(case["fwd"], variables)
    for name in case["wrt"]:
        wrt = variables[name]
        expr = eg.jacobian(expr, wrt) if expr.shape else eg.grad(expr, wrt)
    return expr
