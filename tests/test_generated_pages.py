"""The pages and pictures that the docs build makes."""

import re
import runpy
from pathlib import Path
from xml.etree import ElementTree

import pytest
from docutils.utils.math.latex2mathml import tex2mathml
from questions import CASES

from einsgrad.expressions.vocabulary.numpy_table import BUILT_IN
from einsgrad.expressions.vocabulary.scipy_distributions import CONTINUOUS, DISCRETE
from einsgrad.expressions.vocabulary.scipy_hooks import FUNCTIONS
from einsgrad.expressions.vocabulary.scipy_multivariate import MULTIVARIATE
from einsgrad.expressions.vocabulary.scipy_special import COMPOSED

DOCS = Path(__file__).resolve().parent.parent / "docs"
REFERENCE = runpy.run_path(str(DOCS / "reference_pages.py"))


# The derivatives of code with indices, as they are read in the gallery.
INDEXED = (
    "i = r_{i-1} [i ≥ 1] - r_i [i < n-1]",
    "i = x_{i+j} (w_k x_{k+j} - t_j)",
    "i = w_{i-j} (w_k x_{k+j} - t_j) [0 ≤ i-j < m]",
    "vd = Σ_s (W_{a_s,d} - t_sd) [v = a_s]",
    "i = Σ_{j≥i} (Σ_{k≤j} x_k - c_j)",
    "id = Q_ij K_kj K_kd [i ≥ k]",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("docs")
    runpy.run_path(str(DOCS / "generated_pages.py"))["write"](folder)
    return folder


def test_the_gallery_answers_every_question_in_every_notation(folder):
    page = (folder / "gallery.md").read_text(encoding="utf-8").partition("\n## Code with")[0]
    entries = page.split("\n## ")[1:]
    assert [entry.split("\n")[0].replace("\\", "") for entry in entries] == [c["q"] for c in CASES]
    for case, entry in zip(CASES, entries, strict=True):
        assert case["src"] in entry
        assert ("Not the derivative" in entry) == (case["claim"] is not None)
        names = re.findall(r"^(matrix|index|einsum|numpy-like|LaTeX)", entry, re.MULTILINE)
        assert names[-4:] == ["index", "einsum", "numpy-like", "LaTeX"]
        assert names[:-4] in ([], ["matrix"])
        assert "Compared with the verified answer: equal, proved (" in entry
        if case["claim"] is not None:
            assert "Compared with the derivative: different: " in entry
        for formula in re.findall(r"^\$\$\n(.*)\n\$\$$", entry, re.MULTILINE):
            assert tex2mathml(formula)


def test_the_gallery_shows_code_with_indices(folder):
    page = (folder / "gallery.md").read_text(encoding="utf-8").partition("\n## Code with")[2]
    entries = page.split("\n### ")[1:]
    assert len(entries) == 6
    for wanted, entry in zip(INDEXED, entries, strict=True):
        assert f"index notation   D_{wanted}\n" in entry
        for formula in re.findall(r"^\$\$\n(.*)\n\$\$$", entry, re.MULTILINE):
            assert tex2mathml(formula)


def test_the_page_of_numpy_functions_has_each_of_them_once(folder):
    page = (folder / "numpy-functions.md").read_text(encoding="utf-8")
    told = re.findall(r"^\| `numpy\.([\w.]+)` \|", page, re.MULTILINE)
    assert sorted(told) == sorted([*BUILT_IN, "einsum"])
    assert "| `numpy.quantile` | `a, q, axis=None, method='linear', keepdims=False` |" in page
    assert "| `fill_diagonal` | An expression is not written into. Use " in page


def test_the_page_of_scipy_functions_has_each_of_them_once(folder):
    page = (folder / "scipy-functions.md").read_text(encoding="utf-8")
    told = re.findall(r"^\| `scipy\.([\w.]+)` \|", page, re.MULTILINE)
    named = [
        f"{module.partition('._')[0]}.{name}".removeprefix("scipy.")
        for module, functions in FUNCTIONS.items()
        for name in functions
    ]
    named += [f"stats.{name}" for name in (*CONTINUOUS, *DISCRETE, *MULTIVARIATE)]
    assert sorted(told) == sorted(named)
    assert all(f"`{name}`" in page for name in (*COMPOSED, "expit", "jv"))


def test_the_pictures_that_pages_show_are_made(folder):
    shown = set()
    for page in DOCS.rglob("*.md"):
        shown |= set(re.findall(r"\(_pictures/([\w-]+\.svg)\)", page.read_text(encoding="utf-8")))
    made = {path.name for path in (folder / "_pictures").iterdir()}
    assert shown == made
    for path in (folder / "_pictures").iterdir():
        assert ElementTree.parse(path).getroot().tag.endswith("svg")


def test_every_module_has_a_page_in_the_reference():
    pages = [(DOCS / "reference" / "users.md").read_text(encoding="utf-8")]
    pages += REFERENCE["pages"]().values()
    shown = re.findall(r"^\.\. automodule:: (\S+)$", "\n".join(pages), re.MULTILINE)
    package = DOCS.parent / "einsgrad"
    paths = [path.relative_to(package.parent) for path in package.rglob("*.py")]
    modules = {".".join(path.with_suffix("").parts).removesuffix(".__init__") for path in paths}
    assert sorted(shown) == sorted(modules - {"einsgrad.__main__"})


def test_the_index_of_the_reference_says_of_each_room_what_its_face_says():
    index = (DOCS / "reference" / "index.md").read_text(encoding="utf-8")
    for room in REFERENCE["ROOMS"]:
        says = REFERENCE["says"](room).removesuffix(".")
        assert f"| [{room}](generated/{room}.md) | {says} |" in index
        assert f"\ngenerated/{room}\n" in index


def contributing():
    return (DOCS.parent / "CONTRIBUTING.md").read_text(encoding="utf-8")


def test_contributing_says_of_each_room_what_its_face_says():
    for room in REFERENCE["ROOMS"]:
        place = f"{room}.py" if (DOCS.parent / "einsgrad" / f"{room}.py").exists() else f"{room}/"
        says = REFERENCE["says"](room).removesuffix(".")
        assert f"| `einsgrad/{place}` | {says} |" in contributing()


def test_what_to_touch_names_every_room_and_only_what_is_there():
    table = contributing().partition("## To change X")[2].partition("\n## ")[0]
    places = re.findall(r"`((?:einsgrad|tests|docs|benchmarks)/[\w./-]*)`", table)
    assert not [place for place in places if not (DOCS.parent / place).exists()]
    rooms = {place.split("/")[1].removesuffix(".py") for place in places if "einsgrad/" in place}
    assert rooms == {*REFERENCE["ROOMS"], "__init__"}


def test_the_table_of_the_tests_names_every_file():
    tests = Path(__file__).parent
    table = (tests / "README.md").read_text(encoding="utf-8")
    named = re.findall(r"^\| `(\w+\.py)` \|", table, re.MULTILINE)
    assert sorted(named) == sorted(path.name for path in tests.glob("*.py"))
