"""How the pages are built: Markdown, docstrings by numpydoc, formulas as MathML, no network."""

import sys
from pathlib import Path

from docutils.nodes import SkipNode
from docutils.utils.math.latex2mathml import tex2mathml

import einsgrad

sys.path.insert(0, str(Path(__file__).resolve().parent))

from generated_pages import write
from reference_pages import write_reference

project = "einsgrad"
version = release = einsgrad.__version__
author = "the einsgrad authors"
copyright = "the einsgrad authors"
extensions = ["myst_parser", "sphinx.ext.autodoc", "numpydoc"]
exclude_patterns = ["_build"]

myst_enable_extensions = ["amsmath", "dollarmath"]
myst_heading_anchors = 3

default_role = "code"
smartquotes = False
# A class page lists its members itself; numpydoc would add stubs that have no page.
numpydoc_show_class_members = False
autodoc_member_order = "bysource"
autodoc_typehints = "none"

html_theme = "pydata_sphinx_theme"
html_title = f"einsgrad {release}"
html_show_sourcelink = False
html_copy_source = False
html_theme_options = {"navigation_with_keys": False, "show_toc_level": 2}
_PAGES = (
    "tour",
    "seed-question",
    "theorem",
    "expressions",
    "notations",
    "notebooks",
    "gallery",
    "comparison",
    "benchmarks",
    "array-libraries",
    "numpy-functions",
    "scipy-functions",
    "conventions",
    "command-line",
)
html_sidebars = {page: [] for page in ("index", *_PAGES)}
html_math_renderer = "mathml"


def inline_math(translator, node):
    """Write a formula in the text as MathML, which browsers show without any script."""
    translator.body.append(tex2mathml(node.astext()))
    raise SkipNode


def displayed_math(translator, node):
    """Write a formula on a line of its own as MathML."""
    formula = tex2mathml(node.astext()).replace("<math ", '<math display="block" ', 1)
    translator.body.append(f"<p>{formula}</p>")
    raise SkipNode


def setup(app):
    """Make pages and pictures, and put the MathML writer in place of Sphinx's.

    Sphinx's loads a script from the network.
    """
    app.connect("builder-inited", lambda app: write())
    app.connect("builder-inited", lambda app: write_reference())
    app.add_html_math_renderer("mathml", (inline_math, None), (displayed_math, None))
