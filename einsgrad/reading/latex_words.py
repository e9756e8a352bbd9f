"""What commands of LaTeX mean in a formula."""

from __future__ import annotations

_SMALL = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho "
    "sigma tau upsilon phi chi psi omega"
)
_LETTERS = "αβγδεζηθικλμνξοπρστυφχψω"
GREEK = dict(zip(_SMALL.split(), _LETTERS, strict=True)) | {
    name.capitalize(): letter.upper() for name, letter in zip(_SMALL.split(), _LETTERS, strict=True)
}
GREEK |= {"varepsilon": "ε", "vartheta": "θ", "varphi": "φ", "varrho": "ρ", "varsigma": "σ"}
_FUNCTIONS = """
    log ln exp sin cos tan sinh cosh tanh arcsin arccos arctan det max min tr Tr diag trace sqrt
    softmax
"""
_NOTHING = """
    left right big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr Biggl Biggr middle quad qquad
    displaystyle textstyle limits nolimits thinspace hspace nonumber , ; : ! ( ) [ ]
"""
_WORDS = "mathrm operatorname text textrm textnormal mathsf mathtt texttt"
_BOLD = "mathbf boldsymbol bm vec symbf symbfit bf vb"
_ACCENTS = "hat bar tilde widehat widetilde dot ddot underline check breve"
# Functions that have commands.
FUNCTIONS = frozenset(_FUNCTIONS.split())
# Signs, as the other notations write them.
SIGNS = {
    "cdot": "·", "times": "×", "odot": "⊙", "circ": "∘", "oslash": "⊘", "otimes": "⊗",
    "dagger": "†", "ast": "*", "star": "*", "partial": "∂",
    "le": "<=", "leq": "<=", "ge": ">=", "geq": ">=", "ne": "!=", "neq": "!=", "lt": "<",
    "gt": ">", "infty": "∞", "ell": "ℓ", "sum": "Σ", "|": "‖", "Vert": "‖", "lVert": "‖",
    "rVert": "‖", "vert": "|", "lvert": "|", "rvert": "|", "mid": "|", "{": "(", "}": ")",
    "lbrace": "(", "rbrace": ")", "lbrack": "[", "rbrack": "]", "lparen": "(", "rparen": ")",
    "prime": "'", "div": "/", "%": "%", "colon": ":",
}  # fmt: skip
# Commands that say nothing about the meaning.
NOTHING = frozenset(_NOTHING.split())
# Commands whose argument is one word.
WORDS = frozenset(_WORDS.split())
# Commands that change how their argument looks.
BOLD = frozenset(_BOLD.split())
FACES = BOLD | {"mathit", "mathcal", "mathbb", "mathnormal"}
# Accents: `\hat{x}` is another variable than `x`.
ACCENTS = frozenset(_ACCENTS.split())
