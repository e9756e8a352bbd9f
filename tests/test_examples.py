"""Every example is run: in the README, in the pages of the docs and in docstrings."""

import contextlib
import doctest
import importlib
import io
import os
import pkgutil
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

import einsgrad
from einsgrad.expressions.tables.rows import ELEMENTWISE

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
NEED_EXAMPLES = [
    ROOT / "README.md",
    *(
        ROOT / "docs" / page
        for page in ("tour.md", "seed-question.md", "expressions.md", "notations.md")
    ),
]
PAGE_NEEDS = {
    "docs/coming-from-autograd.md": "scipy",
    "docs/comparison.md": "sympy",
    "docs/how-to/jax.md": "jax",
    "docs/how-to/torch.md": "torch",
    "docs/how-to/minimise-with-scipy.md": "scipy",
    "docs/how-to/optimize.md": "scipy",
    "docs/tutorials/logistic-regression.md": "scipy",
    "docs/tutorials/maximum-likelihood.md": "scipy",
    "docs/tutorials/newton.md": "scipy",
}
MODULE_NEEDS = {
    "einsgrad.bridges.scipy_bridge": "scipy",
    "einsgrad.bridges.scipy_problem": "scipy",
    "einsgrad.bridges.torch_bridge": "torch",
    "einsgrad.bridges.jax_bridge": "jax",
}
MODULES = sorted(
    module.name
    for module in pkgutil.walk_packages(einsgrad.__path__, "einsgrad.")
    if module.name != "einsgrad.__main__"
)
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ROUNDING = re.compile(r"relative error (\d\.\de[-+]\d\d)")


@pytest.fixture(autouse=True)
def no_function_stays_defined():
    """Take out what an example enters with `define`: other examples may use its name."""
    before = set(ELEMENTWISE)
    yield
    for added in set(ELEMENTWISE) - before:
        del ELEMENTWISE[added]


@dataclass(frozen=True)
class Block:
    """A fenced block of a page, and how many lines stand before its first."""

    language: str
    text: str
    line: int


def name(path):
    return path.relative_to(ROOT).as_posix()


def blocks(path):
    page = path.read_text(encoding="utf-8")
    return [
        Block(match[1], match[2], page.count("\n", 0, match.start(2)))
        for match in FENCE.finditer(page)
    ]


def code(path):
    return [block for block in blocks(path) if block.language == "pycon"]


def commands(path):
    """Yield the commands of a page that call einsgrad, each with the output shown."""
    for block in blocks(path):
        if block.language != "console":
            continue
        for session in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
            command, _, output = session.partition("\n")
            arguments = shlex.split(command)
            if arguments[:3] == ["python", "-m", "einsgrad"]:
                yield arguments[3:], output
            elif arguments[:1] == ["einsgrad"]:
                yield arguments[1:], output


def without_rounding(text):
    """Hide errors that are mere rounding: their digits differ between machines."""
    return ROUNDING.sub(lambda m: "rounding" if float(m[1]) < 1e-12 else m[0], text)


def run_tests(tests, flags=0, *, shared=None):
    """Run doctests; return how many examples ran, and the report of those that failed."""
    runner = doctest.DocTestRunner(verbose=False, optionflags=flags)
    report = io.StringIO()
    for test in tests:
        if shared is not None:
            test.globs = shared
        runner.run(test, out=report.write, clear_globs=shared is None)
    return runner.tries, report.getvalue()


WITH_CODE = [*NEED_EXAMPLES, *(p for p in PAGES if p not in NEED_EXAMPLES and code(p))]
DOCUMENTED = [
    module
    for module in ["einsgrad", *MODULES]
    if ">>> " in Path(importlib.import_module(module).__file__).read_text(encoding="utf-8")
]
SHOWN = [
    pytest.param(arguments, output, id=f"{name(path)}: {shlex.join(arguments)}")
    for path in PAGES
    for arguments, output in commands(path)
]


@pytest.mark.parametrize("path", WITH_CODE, ids=name)
def test_the_examples_of_a_page_give_what_it_shows(path):
    if module := PAGE_NEEDS.get(name(path)):
        pytest.importorskip(module)
    parser = doctest.DocTestParser()
    tests = [
        parser.get_doctest(block.text, {}, name(path), str(path), block.line)
        for block in code(path)
    ]
    ran, report = run_tests(tests, shared={"__name__": "__main__"})
    assert ran > 0, f"{name(path)} has no examples"
    assert not report, report


@pytest.mark.parametrize("module", DOCUMENTED)
def test_the_examples_of_docstrings_give_what_they_show(module):
    if needed := MODULE_NEEDS.get(module):
        pytest.importorskip(needed)
    # A finder that skips functions without examples would also skip a misread docstring.
    found = doctest.DocTestFinder(exclude_empty=False).find(importlib.import_module(module))
    written = sum(test.docstring.count(">>> ") for test in found if test.docstring)
    ran, report = run_tests(found)
    assert ran == written > 0
    assert not report, report


@pytest.mark.parametrize(("arguments", "output"), SHOWN)
def test_a_command_prints_what_the_page_shows(arguments, output):
    done = subprocess.run(
        [sys.executable, "-m", "einsgrad", *arguments],
        cwd=ROOT,
        env=os.environ | {"PYTHONUTF8": "1", "COLUMNS": "80"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    assert without_rounding(done.stdout) == without_rounding(output)


def test_the_readme_shows_the_command_line():
    assert list(commands(ROOT / "README.md"))


def test_a_wrong_example_is_reported_with_its_line(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("# Page\n\n```pycon\n>>> 1 + 1\n2\n>>> 1 + 2\n4\n```\n", encoding="utf-8")
    (block,) = code(page)
    test = doctest.DocTestParser().get_doctest(block.text, {}, "page", str(page), block.line)
    with contextlib.redirect_stdout(io.StringIO()):
        ran, report = run_tests([test], shared={})
    assert ran == 2
    assert f'File "{page}", line 6' in report
