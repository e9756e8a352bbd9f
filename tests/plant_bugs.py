"""Plant deliberate bugs, one at a time, and see that the test suite catches each.

Run it from anywhere: `python tests/plant_bugs.py`. It works on temporary copies of the
package and the tests; the checkout is not changed. The exit status is 0 only if the
suite passes without a bug and fails with every one.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SUITE = [
    "tests/test_adjoint.py",
    "tests/test_jacobian_tangent.py",
    "tests/test_numbers.py",
    "tests/test_normal_form.py",
    "tests/test_relations.py",
    "tests/test_compile.py",
    "tests/test_selector_programs.py",
    "tests/test_structured_systems.py",
]
SECONDS = 120


@dataclass(frozen=True)
class Bug:
    """A piece of the package's text, and what a careless hand would write in its place."""

    name: str
    file: str
    right: str
    wrong: str


BUGS = [
    Bug(
        "a block that is copied counted once",
        "einsgrad/engine/matrices/block_diagonal.py",
        "        return (sign**copies).prod(axes), copies * logarithm.sum(axes)\n",
        "        return (sign**copies).prod(axes), logarithm.sum(axes)\n",
    ),
    Bug(
        "an axis taken for the identity where factors depend on it",
        "einsgrad/engine/matrices/finding_axes.py",
        "label not in {*held, *part.free(tuple(others))}\n",
        "label not in part.free(tuple(others))\n",
    ),
    Bug(
        "the size of a loop forgotten",
        "einsgrad/engine/programs/contracting.py",
        "        times *= prod(size for label, size in sizes.items() if label not in present)\n",
        "        times *= 1\n",
    ),
    Bug(
        "mean instead of sum",
        "einsgrad/engine/backends/numpy/constants.py",
        """self._named(f"np.ones({size}, '{dtype.str}')")""",
        """self._named(f"np.ones({size}, '{dtype.str}') / {size}")""",
    ),
    Bug(
        "transpose missing",
        "einsgrad/engine/contractions/views.py",
        "    return Permuted(operand.array, tuple(indices.index(label) for label in output))\n",
        "    return operand.array\n",
    ),
    Bug(
        "a temporary overwritten too early",
        "einsgrad/engine/backends/numpy/lifetimes.py",
        "        dead = all(self.last[root] == place for root in self.roots[register])\n",
        "        dead = True\n",
    ),
    Bug(
        "delta missing",
        "einsgrad/strings/deltas.py",
        "[Factor((label, free), None, label) for free in members if free != label]",
        "[Factor((free,), None, label) for free in members if free != label]",
    ),
    Bug(
        "an alias counted twice",
        "einsgrad/results/formulas/of_einsums.py",
        "    shares = [contract_deltas(adjoint_operand(node, p, cotangent)) for p in positions]\n",
        "    shares = [contract_deltas(adjoint_operand(node, p, cotangent)) for p in positions]\n"
        "    shares += shares[1:]\n",
    ),
    Bug(
        "operands swapped",
        "einsgrad/engine/contractions/matrix_products.py",
        "    return Call(product, (*left, *right))\n",
        "    return Call(product, (*right, *left))\n",
    ),
    Bug(
        "an index shifted the wrong way",
        "einsgrad/engine/programs/elimination.py",
        "    return index_form([(target, 1), *sources], -axis.offset)\n",
        "    return index_form([(target, 1), *sources], axis.offset)\n",
    ),
]


def copy_project(target: Path) -> None:
    """Copy what the tests need: the package, the tests and the configuration."""
    left_out = ("__pycache__", ".hypothesis", "test_examples.py", "test_planted_bugs.py")
    ignored = shutil.ignore_patterns(*left_out)
    for name in ("einsgrad", "tests"):
        shutil.copytree(ROOT / name, target / name, ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", target)


def plant(bug: Bug, target: Path) -> None:
    """Write the bug into a copy; its place must be there exactly once."""
    file = target / bug.file
    source = file.read_text(encoding="utf-8")
    found = source.count(bug.right)
    if found != 1:
        raise SystemExit(f"{bug.name}: the text stands {found} times in {bug.file}, not once")
    file.write_text(source.replace(bug.right, bug.wrong), encoding="utf-8")


def run_suite(target: Path) -> tuple[int, str]:
    """Run the tests in a copy up to the first failure; return the status and that test."""
    # That a test fails is all that is asked here: the smallest failing example is not looked for.
    profile = {"EINSGRAD_HYPOTHESIS_PROFILE": "unshrunk"}
    environment = os.environ | profile | {"PYTHONPATH": str(target)}
    command = [sys.executable, "-m", "pytest", "-x", "-q", "--tb=no", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [*command, *SUITE],
        cwd=target,
        env=environment,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    failed = re.search(r"^(?:FAILED|ERROR) (\S+)", done.stdout, re.MULTILINE)
    return done.returncode, failed[1] if failed else ""


def outcome(bug: Bug | None) -> tuple[int, str]:
    """Run the suite on a fresh copy, with a bug or without."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder)
        copy_project(target)
        if bug is not None:
            plant(bug, target)
        return run_suite(target)


def main() -> int:
    status, failed = outcome(None)
    print(f"{'no bug':<30} {'passes' if status == 0 else f'FAILS: {failed}'}", flush=True)
    missed = 0
    for bug in BUGS:
        planted, test = outcome(bug)
        # pytest exits with 1 when a test has failed; anything else is no catch.
        caught = planted == 1 and bool(test)
        missed += not caught
        print(f"{bug.name:<30} {test if caught else 'NOT CAUGHT'}", flush=True)
    return int(status != 0 or missed > 0)


if __name__ == "__main__":
    sys.exit(main())
