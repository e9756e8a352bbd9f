"""A whole expression as text: einsum calls, functions, and names for what stands twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias, assert_never

from einsgrad.expressions.affine_spelling import with_affine_labels
from einsgrad.expressions.construct import factor_expr
from einsgrad.expressions.dims import Dim, Shape
from einsgrad.expressions.label_dims import label_dims
from einsgrad.expressions.label_ranges import untold_sizes
from einsgrad.expressions.lettering import Lettering, dots_in_output, name_labels
from einsgrad.expressions.nodes import (
    Add,
    Called,
    Constant,
    Einsum,
    Expr,
    Map,
    MatrixMap,
    Number,
    Pick,
    Places,
    Reduce,
    Variable,
)
from einsgrad.expressions.parts import as_symbols
from einsgrad.expressions.products import contracted, fold_constants
from einsgrad.expressions.reshape_texts import reshaped_operand
from einsgrad.expressions.selectors import Affine, Delta, Fourier, Integers, Step
from einsgrad.expressions.signed_sums import SignedText, number_text, signed_sum
from einsgrad.expressions.slice_texts import sliced_operand
from einsgrad.expressions.walks import children, topological
from einsgrad.strings.letters import fresh_names
from einsgrad.strings.subscripts import Indices, Subscripts

# A delta as a term of a sum, with its coefficient.
ScaledDelta: TypeAlias = tuple[Number, Delta]

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
    root, parts = as_symbols(root)
    nodes = topological(root, *parts.values())
    uses = Counter(child for node in nodes for child in children(node))
    variables = [node for node in nodes if isinstance(node, Variable)]
    names = fresh_names({node.name for node in variables}, (), "t")
    dims = frozenset(dim for node in variables for dim in node.shape)
    writer = _Writer(dims, frozenset(node.name for node in variables))
    named: list[str] = []
    for node in nodes:
        text = writer.node(node)
        long = len(text) > _LONGEST or (len(text) > _LONG and uses[node] > 1)
        if long and node is not root and node not in parts.values():
            name = next(names)
            named.append(f"where {name} = {text}")
            text = name
        writer.texts[node] = text
    lines = [f"where {symbol.name} = {writer.texts[part]}" for symbol, part in parts.items()]
    return "\n".join([writer.texts[root], *lines, *named])


def operand_name(expr: Expr) -> str:
    """Name an operand: variables by name, deltas by sign, what is too long by its kind."""
    text = delta_sign(expr) if isinstance(expr, Delta) else write(expr)
    if len(text) > _LONGEST or "\n" in text:
        return expr.describe()
    return text if not isinstance(expr, Einsum | Add) else f"({text})"


@dataclass(slots=True)
class _Writer:
    """Writes nodes after their parts.

    Parameters
    ----------
    dims
        The dims of the variables: a delta among operands has the one that its letter begins.
    names
        The names of the variables: a size that has one of them is written so that it differs.
    texts
        What has been written.
    """

    dims: frozenset[Dim]
    names: frozenset[Dim]
    texts: dict[Expr, str] = field(default_factory=dict)

    def node(self, node: Expr) -> str:
        """Write a node; its parts are written."""
        texts = self.texts
        match node:
            case Variable(name=name):
                return name
            case Constant(value=value):
                return number_text(value)
            case Delta(order=0, dim=dim) if dim in self.names:
                return f"size[{dim}]"
            case Delta():
                return _lone_delta(node)
            case Affine(target=target, sources=sources, strides=strides, offset=offset):
                listed = ", ".join(map(_dim_text, sources))
                shift = _dim_text(offset)
                return f"affine({_dim_text(target)}, [{listed}], {list(strides)}, {shift})"
            case Step(rows=rows, columns=columns, offset=offset):
                shift = f", {_dim_text(offset)}" if offset else ""
                return f"step({_dim_text(rows)}, {_dim_text(columns)}{shift})"
            case Pick(target=target, indices=indices):
                return f"pick({_dim_text(target)}, {texts[indices]})"
            case Integers(sizes=sizes, entries=entries):
                return f"integers({nested_text(sizes, entries)})"
            case Fourier(dim=dim, conjugated=conjugated):
                call = f"fourier({_dim_text(dim)})"
                return f"conj({call})" if conjugated else call
            case Places(name=name, operand=operand, axis=axis):
                return f"{name}({texts[operand]}, axis={axis})"
            case Einsum():
                return self._einsum(node)
            case Add(terms=terms):
                return signed_sum(map(_signed, self._terms(terms)))
            case Map(function=function, operands=operands):
                return f"{function.name}({', '.join(texts[operand] for operand in operands)})"
            case Reduce(function=reduction, operand=operand, axes=axes):
                return f"{reduction.name}({texts[operand]}, axis={axes})"
            case Called(call=call, operands=operands):
                written = [texts[operand] for operand in operands]
                return f"{call}({', '.join(map(str, call.arguments(written)))})"
            case MatrixMap(function=matrix_function, operand=operand):
                exponent = matrix_function.exponent
                if exponent is not None:
                    return f"matrix_power({texts[operand]}, {exponent})"
                return f"{matrix_function.name}({texts[operand]})"
            case _ as unreachable:
                assert_never(unreachable)

    def _einsum(self, node: Einsum) -> str:
        coefficient, rest = fold_constants(node)
        product = contracted(rest)
        letters = name_labels(product, rest.dims, Lettering())
        subscripts = dots_in_output(product.subscripts.relabel(letters))
        factors = [factor_expr(factor, rest.operands, rest.dims) for factor in product.factors]
        if not factors or (coefficient == 0 and not node.shape):
            return number_text(coefficient)
        if coefficient == 0:
            return f"zeros[{','.join(map(str, node.shape))}]"
        if subscripts.inputs == (subscripts.output,):
            call = self._own(factors[0])
            call = call if not isinstance(rest.operands[0], Add) else f"({call})"
        elif any(isinstance(factor, Affine) for factor in factors):
            call = self._with_selectors(subscripts, factors, node.shape)
        else:
            call = f'"{subscripts}"({", ".join(self._operands(factors, subscripts.inputs))})'
        if coefficient == -1:
            return f"-{call}"
        return call if coefficient == 1 else f"{number_text(coefficient)} * {call}"

    def _with_selectors(self, subscripts: Subscripts, factors: Sequence[Expr], shape: Shape) -> str:
        """Write a product with affine selectors as numpy does, where numpy has a word for it."""
        sliced = sliced_operand(subscripts, factors)
        if sliced is not None:
            return self._sliced(*sliced)
        reshaped = reshaped_operand(subscripts, factors)
        if reshaped is not None and all(isinstance(dim, int | str) for dim in shape):
            listed = ", ".join(map(_dim_text, shape)) + "," * (len(shape) == 1)
            return f"reshape({self._own(reshaped)}, ({listed}))"
        return self._with_affine_labels(subscripts, factors, shape)

    def _sliced(self, base: Expr, key: str) -> str:
        text = self._own(base)
        is_call = isinstance(base, Map | Reduce | MatrixMap | Called) and text.endswith(")")
        is_product = isinstance(base, Einsum) and fold_constants(base)[0] == 1
        stands_alone = is_call or text.isidentifier() or (is_product and text[-1] in "])")
        return f"{text}[{key}]" if stands_alone else f"({text})[{key}]"

    def _with_affine_labels(
        self, subscripts: Subscripts, factors: Sequence[Expr], shape: Shape
    ) -> str:
        """Write a product with affine labels, and the sizes that they do not tell."""
        lists, operands = with_affine_labels(subscripts, factors)
        dims = {**label_dims(subscripts, factors), **label_dims(lists, operands)}
        dims |= zip(lists.output, shape, strict=True)
        texts = list(self._operands(operands, lists.inputs))
        sizes = untold_sizes(lists, dims)
        if sizes:
            pairs = (f'"{label}": {_dim_text(dim)}' for label, dim in reversed(sizes.items()))
            texts.append(f"sizes={{{', '.join(pairs)}}}")
        return f'"{lists}"({", ".join(texts)})'

    def _own(self, expr: Expr) -> str:
        return self.texts[expr] if expr in self.texts else self.node(expr)

    def _operands(self, factors: Sequence[Expr], lists: Sequence[Indices]) -> Iterator[str]:
        """Write the operands of an einsum: deltas by their sign, if their labels tell the dim."""
        pairs = list(zip(factors, lists, strict=True))
        told = {label for f, labels in pairs if not isinstance(f, Delta) for label in labels}
        for factor, labels in pairs:
            if not isinstance(factor, Delta) or not factor.order:
                yield self._own(factor)
            elif factor.order > 2 or told & set(labels) or self._are_named(labels, factor.dim):
                yield delta_sign(factor)
            else:
                yield _lone_delta(factor)

    def _are_named(self, labels: Indices, dim: Dim) -> bool:
        """Tell whether a label is the letter of this dim and of no other."""
        alike = {d for d in (*self.dims, dim) if isinstance(d, str) and d[0] in labels}
        return dim in labels or alike == {dim}

    def _terms(self, terms: Sequence[Expr]) -> list[str]:
        """Write the terms of a sum, in which a tensor tells the dim of a delta beside it."""
        if all(isinstance(term, Constant) or _as_delta(term) is not None for term in terms):
            return [self.texts[term] for term in terms]
        return [_short_delta(term) or self.texts[term] for term in terms]


def nested_text(sizes: Sequence[int], entries: Sequence[int]) -> str:
    """Write whole numbers as nested lists.

    Examples
    --------
    >>> nested_text((2, 2), (0, 1, 1, 0))
    '[[0,1],[1,0]]'
    """
    if not sizes:
        return str(entries[0])
    step = len(entries) // sizes[0] if sizes[0] else 0
    parts = (entries[place * step : (place + 1) * step] for place in range(sizes[0]))
    return f"[{','.join(nested_text(sizes[1:], part) for part in parts)}]"


def delta_sign(delta: Delta) -> str:
    """Return the sign of a delta among operands: `1` for a vector of ones.

    Examples
    --------
    >>> delta_sign(Delta("n", 2)), delta_sign(Delta("n", 1)), delta_sign(Delta("n", 0))
    ('δ', '1', 'n')
    """
    return str(delta.dim) if not delta.order else "1" if delta.order == 1 else "δ"


def _dim_text(dim: Dim) -> str:
    return str(dim) if isinstance(dim, int) else f'"{dim}"'


def _lone_delta(delta: Delta) -> str:
    """Write a delta that is no operand of an einsum: with its dim, which nothing else tells."""
    dim = _dim_text(delta.dim)
    if delta.order in (1, 2):
        return f"{'ones' if delta.order == 1 else 'eye'}({dim})"
    labels = (str(delta.dim)[0] if isinstance(delta.dim, str) else "i") * delta.order
    return f'"{labels}->{labels}"(δ)' if delta.order else delta_sign(delta)


def _as_delta(term: Expr) -> ScaledDelta | None:
    """Read a term as a number times a delta."""
    if isinstance(term, Delta):
        return (1, term)
    if not isinstance(term, Einsum):
        return None
    coefficient, rest = fold_constants(term)
    match rest:
        case Einsum(subscripts=subscripts, operands=(Delta() as delta,)):
            return (coefficient, delta) if subscripts.inputs == (subscripts.output,) else None
        case _:
            return None


def _short_delta(term: Expr) -> str:
    """Write a number times a delta beside a tensor, which tells its dim; empty if it is none."""
    found = _as_delta(term)
    if found is None or not found[1].order:
        return ""
    coefficient, delta = found
    if delta.order == 1:
        return number_text(coefficient)
    front = (
        "" if coefficient == 1 else "-" if coefficient == -1 else f"{number_text(coefficient)} * "
    )
    return front + delta_sign(delta)


def _signed(text: str) -> SignedText:
    return SignedText(text.startswith("-"), text.removeprefix("-"))
