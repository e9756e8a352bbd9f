"""The grammar of matrix notation: which sign binds what.

From the loosest: comparisons, sums, products entry by entry and tensor products, products of
matrices and quotients, powers and transposes. Factors that stand side by side are multiplied.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from einsgrad.errors import clip
from einsgrad.reading.formula_tree import (
    Barred,
    CallWritten,
    Chained,
    FormulaNode,
    Listing,
    Negated,
    Normed,
    Raised,
    TransposeWritten,
    WrittenName,
    WrittenNumber,
    WrittenOnes,
    WrittenText,
)
from einsgrad.reading.token_reader import KnownWords, TokenReader, parted
from einsgrad.reading.tokens import Token, TokenKind, tokens_of
from einsgrad.reading.typed_text import TypedText

_LEVELS: tuple[frozenset[str], ...] = (
    frozenset(("<", "<=", ">", ">=", "==", "!=")),
    frozenset("+-"),
    frozenset("⊙⊘⊗∘"),
    frozenset(("*", "@", "·", "×", "/", ".*", "./")),
)
_FACTORS = 3
_POWERS = ("^", "**", ".^", "^∘")
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
_TRANSPOSES = {"T": False, "⊤": False, "ᵀ": False, "H": True, "ᴴ": True, "†": True}
# Functions that stand without brackets for what they make.
_ALSO_VALUES = ("eye",)


def formula_of(source: TypedText, words: KnownWords) -> FormulaNode:
    """Read the tree of a formula.

    Raises
    ------
    ArgumentError
        If it is none; the message points at the place.

    Examples
    --------
    >>> words = KnownWords({"A", "x"}, (), lambda name: False)
    >>> tree = formula_of(TypedText("2 A x"), words)
    >>> tree.signs
    (' ', ' ')
    """
    return _Grammar(source, words, parted(tokens_of(source.text), words)).whole()


@dataclass
class _Grammar(TokenReader):
    def whole(self) -> FormulaNode:
        tree = self._chain(0)
        if self.next.kind is not TokenKind.END:
            raise self.error(f"{clip(self.next.text)} does not belong here", self.next.column)
        return tree

    def _chain(self, level: int) -> FormulaNode:
        """Read operands with the signs of a level, or of tighter ones."""
        if level > _FACTORS:
            return self._factor()
        column = self.next.column
        operands, signs = [self._signed(level)], list[str]()
        while True:
            sign = self._infix(level)
            if sign is None:
                break
            signs.append(sign)
            operands.append(self._signed(level))
        return Chained(tuple(operands), tuple(signs), column) if signs else operands[0]

    def _signed(self, level: int) -> FormulaNode:
        """Read an operand; the sign before a sum's first term is that of the whole term."""
        if level != 1:
            return self._chain(level + 1)
        negations = self.negations()
        return _negated(self._chain(level + 1), negations)

    def _infix(self, level: int) -> str | None:
        token = self.next
        if token.kind is TokenKind.SIGN and token.text in _LEVELS[level]:
            return self.take().text
        return " " if level == _FACTORS and self._begins_operand(token) else None

    def _begins_operand(self, token: Token) -> bool:
        if token.is_sign("‖", "|"):
            return token.text not in self.open_bars[-1:]
        return token.is_sign("(") or token.kind in (
            TokenKind.NAME,
            TokenKind.NUMBER,
            TokenKind.STRING,
        )

    def _factor(self) -> FormulaNode:
        negations = self.negations()
        node = self._atom()
        while True:
            token = self.next
            if token.kind is TokenKind.QUOTE:
                node = TransposeWritten(node, self.take().column)
            elif token.kind is TokenKind.MARK:
                node = self._marked(node, self.take())
            elif token.is_sign(*_POWERS):
                node = self._raised(node, self.take())
            elif token.is_sign(".") and self.tokens[self.place + 1].text in ("T", "H"):
                self.take()
                node = TransposeWritten(node, token.column, self.take().text == "H")
            elif token.is_sign("["):
                node = self.entry(node, self.take())
            else:
                return _negated(node, negations)

    def _marked(self, node: FormulaNode, token: Token) -> FormulaNode:
        """Read a superscript: `ᵀ`, `⁻¹`, `⁻ᵀ`, `²`."""
        letter = token.text[-1]
        if letter in _TRANSPOSES:
            if token.text[0] == "⁻":
                node = Raised(node, WrittenNumber(-1, token.column), token.column)
            return TransposeWritten(node, token.column, _TRANSPOSES[letter])
        number = int(token.text.translate(_SUPERSCRIPTS))
        return Raised(node, self.whole_or_float(number, token), token.column, "superscript")

    def _raised(self, node: FormulaNode, sign: Token) -> FormulaNode:
        if sign.text == "^":
            mark = self._transpose_behind()
            if mark is not None:
                if mark[0] == "-":
                    node = Raised(node, WrittenNumber(-1, sign.column), sign.column)
                return TransposeWritten(node, sign.column, _TRANSPOSES[mark[-1]])
        return Raised(node, self._exponent(), sign.column, sign.text)

    def _transpose_behind(self) -> str | None:
        """Take `T`, `{-T}`, `(-T)`, `H` behind the sign of a power."""
        place, inside = self.place, ""
        close = {"{": "}", "(": ")"}.get(self.tokens[place].text)
        place += close is not None
        if self.tokens[place].is_sign("-") and close:
            inside, place = "-", place + 1
        letter = self.tokens[place].text
        if letter not in _TRANSPOSES or letter in self.words.variables:
            return None
        if close and not self.tokens[place + 1].is_sign(close):
            return None
        self.place = place + 1 + (close is not None)
        return inside + letter

    def _exponent(self) -> FormulaNode:
        negations = self.negations()
        node: FormulaNode
        if self.next.is_sign("{"):
            self.take()
            node = self._deeper(0)
            self.expect("}")
        else:
            node = self._atom()
        if self.next.is_sign(*_POWERS):
            sign = self.take()
            self.check_depth(sign)
            self.depth += 1
            node = Raised(node, self._exponent(), sign.column, sign.text)
            self.depth -= 1
        return _negated(node, negations)

    def _deeper(self, level: int, bar: str = "") -> FormulaNode:
        self.check_depth(self.next)
        before, self.open_bars = self.open_bars, (*self.open_bars, bar)
        self.depth += 1
        node = self._chain(level)
        self.depth, self.open_bars = self.depth - 1, before
        return node

    def _atom(self) -> FormulaNode:
        token = self.take()
        match token.kind:
            case TokenKind.NUMBER:
                return self.number(token)
            case TokenKind.STRING:
                return WrittenText(token.text[1:-1], token.column)
            case TokenKind.NAME:
                return self._named(token)
            case TokenKind.SIGN if token.text == "(":
                return self._bracketed(token)
            case TokenKind.SIGN if token.text == "‖":
                inside = self._deeper(0, "‖")
                self.expect("‖")
                index = self.take().text if self.next.kind is TokenKind.INDEX else ""
                return Normed(inside, index.strip("_{}"), token.column)
            case TokenKind.SIGN if token.text == "|":
                inside = self._deeper(0, "|")
                self.expect("|")
                return Barred(inside, token.column)
            case TokenKind.SIGN if token.text == "√":
                self.check_depth(token)
                self.depth += 1
                node = CallWritten(("sqrt",), (self._atom(),), (), token.column)
                self.depth -= 1
                return node
            case TokenKind.END:
                raise self.error("an operand is missing at the end", token.column)
            case _:
                raise self.error(f"an operand is missing before {token.text!r}", token.column)

    def _named(self, token: Token) -> FormulaNode:
        name, dim = self.split_identity(token.text)
        if dim:
            return WrittenOnes(dim, 2, token.column)
        path = self.path(token)
        is_call = self.words.is_called(name) or len(path) > 1
        if is_call and self.next.is_sign("("):
            return self._call(path, token)
        if is_call and name not in _ALSO_VALUES and self._begins_operand(self.next):
            return self._bare_call(path, token)
        if self.next.is_sign("(") and self.touches(token) and not self._has_value(name):
            raise self.error(
                f"{clip(name)} is no function that is known",
                token.column,
                "Known are numpy's names, such as sum, exp and inv; see numpy_functions().",
            )
        return WrittenName(name, token.column)

    def _has_value(self, name: str) -> bool:
        return name in self.words.variables or name in self.words.dims

    def _call(self, path: tuple[str, ...], token: Token) -> FormulaNode:
        self.take()
        arguments: list[FormulaNode] = []
        options: list[tuple[str, FormulaNode]] = []
        while not self.next.is_sign(")"):
            if self.next.kind is TokenKind.NAME and self.tokens[self.place + 1].is_sign("="):
                option = self.take().text
                self.take()
                options.append((option, self._deeper(0)))
            else:
                arguments.append(self._deeper(0))
            if not self.next.is_sign(","):
                break
            self.take()
        self.expect(")")
        return CallWritten(path, tuple(arguments), tuple(options), token.column)

    def _bare_call(self, path: tuple[str, ...], token: Token) -> FormulaNode:
        """Read `log det X`: the argument is one factor, with nothing tensor-like behind it."""
        self.check_depth(token)
        self.depth += 1
        argument = self._factor()
        self.depth -= 1
        behind = self.next
        if self._begins_operand(behind) and not behind.is_sign("("):
            raise self.error(
                f"how much {path[-1]} is taken of does not show",
                behind.column,
                f"Write brackets: {path[-1]}(...).",
            )
        return CallWritten(path, (argument,), (), token.column, is_bare=True)

    def _bracketed(self, opened: Token) -> FormulaNode:
        node = self._deeper(0)
        if not self.next.is_sign(","):
            self.expect(")")
            return replace(node, is_wrapped=True) if isinstance(node, WrittenNumber) else node
        parts = [node]
        while self.next.is_sign(","):
            self.take()
            if self.next.is_sign(")"):
                break
            parts.append(self._deeper(0))
        self.expect(")")
        return Listing(tuple(parts), opened.column)


def _negated(node: FormulaNode, columns: list[int]) -> FormulaNode:
    """Put minus signs before an operand; two are none."""
    if len(columns) % 2 == 0:
        return node
    if isinstance(node, WrittenNumber):
        return WrittenNumber(-node.value, node.column, True)
    return Negated(node, columns[0])
