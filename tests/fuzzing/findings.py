"""Running cases: what is checked, what was found, and the program that shows it."""

import time
import traceback
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

import einsgrad as eg
from fuzzing import string_checks
from fuzzing.arrays import precision
from fuzzing.checks import VALUES, Case, Difference
from fuzzing.contracting import draw_program
from fuzzing.derivative_checks import OF_ARRAYS, OF_NUMBERS
from fuzzing.slopes import NOISE, Unsmooth


@dataclass
class Finding:
    """A seed, the check that failed, the kind of failure, and a program that repeats it."""

    seed: int
    check: str
    kind: str
    message: str
    program: str

    def __str__(self):
        return f"seed {self.seed}, {self.check}: {self.kind}\n{self.message}\n{self.program}"


@dataclass
class Report:
    """How many programs were drawn and compared, and what was found."""

    drawn: int = 0
    compared: Counter = field(default_factory=Counter)
    skipped: Counter = field(default_factory=Counter)
    slowest: list = field(default_factory=list)
    findings: list = field(default_factory=list)


def _kind(error):
    if isinstance(error, Difference):
        return str(error).partition(":")[0] + " differs"
    frames = [f for f in traceback.extract_tb(error.__traceback__) if "/einsgrad/" in f.filename]
    place = f"{Path(frames[-1].filename).name}:{frames[-1].name}" if frames else "?"
    return f"{type(error).__name__} in {place}"


def reproducer(case):
    """Write a program that builds the expression and the function, with its arrays."""
    declaration, traits = case.program.declaration()
    given = "".join(f", {key}={value!r}" for key, value in traits.items())
    names = [one.name for one in case.program.inputs]
    lines = [f"{', '.join(names)}, = eg.variables({declaration!r}{given})"]
    lines += [*case.program.expression_text(), f"E = {case.program.result}"]
    lines += case.program.function_text()
    for name in names:
        array = case.arrays[name]
        shown = np.array2string(array, precision=6, separator=",", threshold=10**6)
        lines.append(f"# {name}: {array.dtype} {' '.join(shown.split())}")
    return "\n".join("    " + line for line in lines)


def run_seed(seed, report, *, every=False, dtypes=False, indexing=False):
    """Draw a program by a seed and make some checks of it, or all."""
    program, arrays, closed = draw_program(seed, dtypes=dtypes, indexing=indexing)
    if not program.inputs:
        return
    report.drawn += 1
    random = np.random.default_rng([seed, 7])
    checks = [*OF_ARRAYS, *(OF_NUMBERS if closed else ())]
    values = [*VALUES]
    if not every:
        random.shuffle(checks)
        random.shuffle(values)
        checks, values = checks[:1], values[:1]
    for check in (*values, *checks):
        case = _case(program, arrays, seed)
        began = time.process_time()
        try:
            # At a singular point numpy warns; what is compared are the values.
            with np.errstate(divide="ignore", invalid="ignore"):
                check(case)
        except Unsmooth:
            report.skipped[check.__name__] += 1
        except eg.DtypeError as error:
            if not _numpy_refuses(case):
                report.findings.append(_found(seed, check, error, case))
        except Exception as error:
            report.findings.append(_found(seed, check, error, case))
        else:
            report.compared[check.__name__] += 1
        report.slowest.append((time.process_time() - began, seed, check.__name__))
    report.slowest = sorted(report.slowest, reverse=True)[:5]


def _found(seed, check, error, case):
    message = f"{type(error).__name__}: {str(error)[:300]}"
    return Finding(seed, check.__name__, _kind(error), message, reproducer(case))


def _numpy_refuses(case):
    """Tell whether numpy has the program's functions for these dtypes."""
    try:
        case.program.value(case.arrays)
    except TypeError:
        return True
    return False


def run_string(seed, report):
    """Check an einsum string with arrays of all dtypes, by every door."""
    report.drawn += 1
    for check in string_checks.CHECKS:
        case = string_checks.StringCase(seed)
        if case.of_integers:
            continue
        try:
            check(case)
        except Exception as error:
            message = f"{type(error).__name__}: {str(error)[:300]}"
            found = Finding(seed, check.__name__, _kind(error), message, f"    {case}")
            report.findings.append(found)
        else:
            report.compared[check.__name__] += 1


def _case(program, arrays, seed):
    wide = {
        name: array.astype(complex if array.dtype.kind == "c" else float)
        for name, array in arrays.items()
    }
    eps = precision([array.dtype for array in arrays.values()])
    noise = NOISE if eps < 1e-12 else 64 * eps
    return Case(program, arrays, wide, np.random.default_rng([seed, 3]), noise)
