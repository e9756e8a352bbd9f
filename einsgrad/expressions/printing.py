"""A whole expression as text: einsum calls, functions, and names for what stands twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import assert_never

from einsgrad.expressions.construct import factor_expr
from einsgrad.expressions.lettering import Lettering, dots_in_output, name_labels
from einsgrad.expressions.nodes import (
    Add,
    Constant,
    Delta,
    Einsum,
    Expr,
    Fuse,
    Map,
    MatrixMap,
    Reduce,
    Variable,
)
from einsgrad.expressions.products import contracted, fold_constants
from einsgrad.expressions.signed_sums import SignedText, signed_sum
from einsgrad.expressions.walks import children, topological
from einsgrad.strings.letters import fresh_names

_LONG = 60
_LONGEST = 200


def write(root: Expr) -> str:
    """Write an expression; a long part that stands several times is named once.

    Examples
    --------
    >>> from einsgrad.expressions.nodes import Variable
    >>> from einsgrad.expressions.vocabulary.words import tanh
    >>> A, x = Variable("A", ("m", "n")), Variable("x", ("n",))
    >>> print(write(tanh(A @ x)))
    tanh("mn,n->m"(A, x))
    """
    nodes = topological(root)
    uses = Counter(child for node in nodes for child in children(node))
    taken = {node.name for node in nodes if isinstance(node, Variable)}
    names = fresh_names(taken, (), "t")
    texts: dict[Expr, str] = {}
    named: list[str] = []
    for node in nodes:
        text = _node_text(node, texts)
        long = len(text) > _LONGEST or (len(text) > _LONG and uses[node] > 1)
        if long and node is not root:
            name = next(names)
            named.append(f"where {name} = {text}")
            text = name
        texts[node] = text
    return "\n".join([texts[root], *named])


def operand_name(expr: Expr) -> str:
    """Name an operand: variables by name, deltas by sign, what is too long by its kind."""
    text = write(expr)
    if len(text) > _LONGEST or "\n" in text:
        return expr.describe()
    return text if not isinstance(expr, Einsum | Add) else f"({text})"


def _node_text(node: Expr, texts: Mapping[Expr, str]) -> str:
    match node:
        case Variable(name=name):
            return name
        case Constant(value=value):
            return str(value)
        case Delta(dim=dim, order=order):
            return "δ" if order >= 2 else "1" if order == 1 else str(dim)
        case Fuse(dims=dims):
            return f"fuse{dims}"
        case Einsum():
            return _einsum_text(node, texts)
        case Add(terms=terms):
            return signed_sum(_signed(texts[term]) for term in terms)
        case Map(function=function, operands=operands):
            return f"{function.name}({', '.join(texts[operand] for operand in operands)})"
        case Reduce(function=reduction, operand=operand, axes=axes):
            return f"{reduction.name}({texts[operand]}, axis={axes})"
        case MatrixMap(function=matrix_function, operand=operand):
            return f"{matrix_function.name}({texts[operand]})"
        case _ as unreachable:
            assert_never(unreachable)


def _einsum_text(node: Einsum, texts: Mapping[Expr, str]) -> str:
    coefficient, rest = fold_constants(node)
    dims = rest.dims
    product = contracted(rest)
    letters = name_labels(product, dims, Lettering())
    subscripts = dots_in_output(product.subscripts.relabel(letters))
    names = []
    for factor in product.factors:
        expr = factor_expr(factor, rest.operands, dims)
        names.append(texts[expr] if expr in texts else _node_text(expr, texts))
    if not names:
        return str(coefficient)
    if coefficient == 0:
        return f"zeros[{','.join(map(str, node.shape))}]"
    call = f'"{subscripts}"({", ".join(names)})'
    if subscripts.inputs == (subscripts.output,):
        call = names[0] if not isinstance(rest.operands[0], Add) else f"({names[0]})"
    if coefficient == -1:
        return f"-{call}"
    return call if coefficient == 1 else f"{coefficient} * {call}"


def _signed(text: str) -> SignedText:
    return SignedText(text.startswith("-"), text.removeprefix("-"))
