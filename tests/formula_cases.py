"""Derivatives that people ask for and formulas that people claim, read from `data/`.

`formulas.json`: `text` is derived by `wrt` (twice for a second derivative; an adjoint where there
is a `cotangent`), `expert` is what one who knows the subject writes, in so many additive `terms`;
`reference` is numpy code where the text is none. `claims.json`: a `claim` that `holds`, or does
not, for a `cause`, which is found with the pattern `cause_words`.
"""

import json
import re
from functools import cache
from pathlib import Path

import numpy as np

import einsgrad as eg

DATA = Path(__file__).parent / "data"
FORMULAS = json.loads((DATA / "formulas.json").read_text())
BY_ID = {case["id"]: case for case in FORMULAS}
CLAIMS = json.loads((DATA / "claims.json").read_text())
CLAIM_BY_ID = {case["id"]: case for case in CLAIMS}
SIZES = {
    **dict.fromkeys("pkhbrjac", 2),
    **dict.fromkeys("mldtsi", 3),
    **dict.fromkeys("nv", 4),
    "q": 5,
}


def variables(case):
    found = eg.variables(
        case["vars"], symmetric=case.get("symmetric", []), complex=case.get("complex", [])
    )
    return found if isinstance(found, tuple) else (found,)


def read(text, case):
    return eg.parse(
        text,
        case["vars"],
        symmetric=case.get("symmetric", []),
        complex=case.get("complex", []),
    )


def asked(case):
    """Return what is derived, the variables in turn, and further arguments of `check`."""
    by_name = {v.name: v for v in variables(case)}
    more = {"cotangent": case["cotangent"]} if case.get("cotangent") else {}
    return read(case["text"], case), [by_name[name] for name in case["wrt"]], more


def derived(case):
    """Derive what a case asks for; once for all tests."""
    return _derived(case["id"])


@cache
def _derived(name):
    return derivative_of(BY_ID[name])


def derivative_of(case):
    """Derive what a case asks for."""
    expr, wrt, _ = asked(case)
    if case.get("cotangent"):
        (cotangent,) = [v for v in variables(case) if v.name == case["cotangent"]]
        return eg.vjp(expr, wrt[0], cotangent)
    if len(wrt) == 2 and expr.shape == ():
        return eg.hessian(expr, *wrt)
    for one in wrt:
        expr = eg.jacobian(expr, one) if expr.shape else eg.grad(expr, one)
    return expr


def verdict_of(case):
    """Check what a case claims; once for all tests."""
    return _verdict(case["id"])


@cache
def _verdict(name):
    case = CLAIM_BY_ID[name]
    expr, wrt, more = asked(case)
    return eg.check(case["claim"], expr, *wrt, **more)


def terms_of(text):
    """Count the additive terms of a printed formula and of its `where` lines, outside brackets."""
    lines = [re.sub(r"^where ", "", line.strip()) for line in text.splitlines()]
    bodies = [re.sub(r"^[^\s=()\[\]]+(\[[^\]]*\])?\s=\s", "", line) for line in lines]
    return sum(_terms(body) for body in bodies if not body.startswith("no sum over"))


def _terms(line):
    depth, norm, terms = 0, 0, 1
    for at, sign in enumerate(line):
        if sign in "([{":
            depth += 1
        elif sign in ")]}":
            depth -= 1
        elif sign == "‖":
            norm ^= 1
        elif sign in "+-" and not depth and not norm and line[at - 1 : at + 2] in (" + ", " - "):
            terms += 1
    return terms


def drawn(case, seed):
    """Draw arrays by name, and the sizes of the dims."""
    rng = np.random.default_rng(seed)
    sizes = {**SIZES, **case.get("sizes", {})}
    arrays = {}
    for v in variables(case):
        shape = tuple(dim if isinstance(dim, int) else sizes[dim] for dim in v.shape)
        array = rng.normal(size=shape)
        if v.name in case.get("complex", []):
            array = array + 1j * rng.normal(size=shape)
        if v.name in case.get("positive", []):
            array = np.abs(array) + 0.5
        if v.name in case.get("fraction", []):
            array = 1 / (1 + np.exp(array))
        if v.name in case.get("symmetric", []):
            array = (array + array.T) / 2
        if v.name in case.get("definite", []):
            array = array @ array.T + np.eye(len(array)) * len(array)
        arrays[v.name] = array
    used = {dim for v in variables(case) for dim in v.shape}
    return arrays, {dim: size for dim, size in sizes.items() if dim in used}
