"""Every example that a reader sees is run: README, documentation, docstrings, console output."""

import doctest
import importlib
import pkgutil
import re
import shlex
from pathlib import Path

import pytest

import einsgrad
from einsgrad.cli import main

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
MODULES = sorted(
    info.name
    for info in pkgutil.walk_packages(einsgrad.__path__, "einsgrad.")
    if info.name != "einsgrad.__main__"
)
MUST_HAVE_EXAMPLES = {"README.md", "tour.md", "seed-question.md", "expressions.md"}


def blocks(page, language):
    """Yield the line and text of each fenced block of a language."""
    text = page.read_text(encoding="utf-8")
    for match in FENCE.finditer(text):
        if match[1] == language:
            yield text.count("\n", 0, match.start(2)), match[2]


def run(tests):
    """Run doctests; return how many examples there were."""
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)
    for test in tests:
        report = []
        runner.run(test, out=report.append, clear_globs=False)
        assert not runner.failures, "".join(report)
    return runner.tries


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_examples_of_a_page_give_what_it_shows(page):
    parser = doctest.DocTestParser()
    namespace = {}
    tests = [
        parser.get_doctest(text, namespace, page.name, str(page), line)
        for line, text in blocks(page, "pycon")
    ]
    # The blocks of a page share their names: a doctest copies what it is given.
    for test in tests:
        test.globs = namespace
    tries = run(tests)
    assert tries > 0 or page.name not in MUST_HAVE_EXAMPLES


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module_give_what_it_shows(name):
    module = importlib.import_module(name)
    tests = doctest.DocTestFinder(exclude_empty=True).find(module)
    for test in tests:
        assert run([test]) == len(test.examples)


def console_examples():
    for page in PAGES:
        for line, text in blocks(page, "console"):
            command, _, output = text.partition("\n")
            if command.startswith("$ python -m einsgrad"):
                yield pytest.param(command, output, id=f"{page.name}:{line}")


@pytest.mark.parametrize(("command", "output"), list(console_examples()))
def test_a_command_prints_what_the_page_shows(command, output, capsys):
    assert main(shlex.split(command)[4:]) == (2 if "einsgrad: " in output else 0)
    printed = capsys.readouterr()
    assert (printed.out + printed.err).strip() == output.strip()
