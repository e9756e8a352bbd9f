"""Results lowered without their selectors multiplied out: arrays, and how they are spread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from einsgrad.engine.programs.affine_axes import AffineAxis, labels_in
from einsgrad.engine.programs.lowering import Lowering, index_variables
from einsgrad.engine.programs.program import Output, Program
from einsgrad.engine.programs.pulled_out import LookedAxis, PulledOut, pulled_out
from einsgrad.engine.programs.schedule import scheduled
from einsgrad.engine.programs.separating import Separated, separated
from einsgrad.engine.programs.steps import DType, Held, Register, Term
from einsgrad.expressions.dims import Dim
from einsgrad.expressions.nodes import Expr, Variable
from einsgrad.expressions.walks import topological
from einsgrad.strings.joins import Joins
from einsgrad.strings.subscripts import Indices, Label


@dataclass(frozen=True, slots=True)
class LookedLabel:
    """A label whose value is what integers say.

    Parameters
    ----------
    label
        The label.
    integers
        The register that holds them.
    axes
        The label of each of their axes, or the affine form of labels that its index is.
    size
        How many values the label takes.
    name
        What the integers are called.
    """

    label: Label
    integers: Register
    axes: Indices
    size: int
    name: str


@dataclass(frozen=True, slots=True)
class SpreadTerm:
    """A term of a structured result: what it holds, and the look-ups that spread it.

    Parameters
    ----------
    factors
        Registers with the labels of their axes.
    classes
        The label of each axis of the result, or the affine form of labels that its index is.
        Labels that no axis has are summed over.
    looked
        The labels of the axes that are looked up.
    """

    factors: tuple[Held, ...]
    classes: Indices
    looked: tuple[LookedLabel, ...] = ()


@dataclass(frozen=True, slots=True)
class StructuredProgram:
    """A program whose outputs are the arrays between selectors.

    Parameters
    ----------
    program
        The program.
    registers
        The registers of its outputs.
    terms
        For each expression its terms.
    shapes
        The shape of each expression.
    """

    program: Program
    registers: tuple[Register, ...]
    terms: list[list[SpreadTerm]]
    shapes: list[tuple[int, ...]]


def lower_structured(
    exprs: Sequence[Expr],
    inputs: Mapping[Variable, tuple[tuple[int, ...], DType]],
    sizes: Mapping[Dim, int],
    are_complex: Sequence[bool],
) -> StructuredProgram:
    """Lower expressions to one program that does not multiply their selectors out."""
    lowering = Lowering(inputs, sizes, places=index_variables(topological(*exprs), exprs))
    size = lowering.values.size
    products, sums = zip(*(separated(expr, size) for expr in exprs), strict=True)
    parts = [[one for term in rest for one in pulled_out(term, size)] for rest in sums]
    every = [one for group in parts for one in group]
    integers = [axis.pick.indices for one in every for axis in one.looked]
    factors = [factor for group in products for one in group for _, factor in one.factors]
    for node in scheduled([*(one.expr for one in every), *factors, *integers]):
        lowering.add(node)
    terms = [
        _structured(lowering, expr, own, is_complex) + _products(lowering, expr, beside, is_complex)
        for expr, own, beside, is_complex in zip(exprs, parts, products, are_complex, strict=True)
    ]
    spread = [one for group in terms for one in group]
    looked = [label.integers for one in spread for label in one.looked]
    held = [factor.register for one in spread for factor in one.factors]
    registers = tuple(dict.fromkeys([*held, *looked]))
    outputs = [Output(one, tuple(range(len(one.shape)))) for one in registers]
    shapes = [lowering.values.shape(expr) for expr in exprs]
    return StructuredProgram(lowering.program(outputs), registers, terms, shapes)


def _structured(
    lowering: Lowering, expr: Expr, parts: Sequence[PulledOut], is_complex: bool
) -> list[SpreadTerm]:
    """Return the terms of a result, those of one pattern added, without coefficients."""
    groups: dict[tuple[LookedAxis, ...], list[Term]] = {}
    shapes = {part.looked: lowering.values.shape(part.expr) for part in parts}
    shapes[()] = lowering.values.shape(expr)
    for part in parts:
        looked = part.looked
        term = _solved_for_targets(lowering.values.of(part.expr), looked, shapes[looked])
        if not _may_be_apart(term, looked):
            for node in scheduled([part.whole]):
                lowering.add(node)
            looked, term = (), lowering.values.of(part.whole)
        groups.setdefault(looked, []).append(term)
    return [
        _spread(lowering, expr, term, looked, is_complex)
        for looked, group in groups.items()
        for term in lowering.sums.by_pattern(group, shapes[looked])
    ]


def _spread(
    lowering: Lowering, expr: Expr, term: Term, looked: Sequence[LookedAxis], is_complex: bool
) -> SpreadTerm:
    """Say which labels of a term are looked up in what."""
    dense = lowering.sums.with_array(term)
    core = lowering.returned(expr, dense.register, is_complex)
    labels = tuple(
        LookedLabel(
            term.classes[one.axis],
            lowering.integers.of(one.pick),
            tuple(term.classes[axis] for axis in one.others),
            lowering.values.size(one.pick.target),
            one.pick.indices.name if isinstance(one.pick.indices, Variable) else "",
        )
        for one in looked
    )
    return SpreadTerm((Held(core, dense.held),), dense.classes[: len(expr.shape)], labels)


def _products(
    lowering: Lowering, expr: Expr, products: Sequence[Separated], is_complex: bool
) -> list[SpreadTerm]:
    """Return the terms that are several factors."""
    found: list[SpreadTerm] = []
    for one in products:
        term = _joined(lowering, one)
        if term is None:
            for node in scheduled([one.whole]):
                lowering.add(node)
            found.append(_spread(lowering, expr, lowering.values.of(one.whole), (), is_complex))
            continue
        factors = tuple(
            Held(lowering.returned(expr, x.register, is_complex), x.indices) for x in term.factors
        )
        found.append(replace(term, factors=factors))
    return found


def _joined(lowering: Lowering, product: Separated) -> SpreadTerm | None:
    """Join the labels of factors, or return None if one is a shift of what others have."""
    joins = Joins[Label]()
    for labels in product.deltas:
        for label in labels:
            joins.join(labels[0], label)
    held: list[Held] = []
    shifted: dict[Label, AffineAxis] = {}
    for place, (labels, node) in enumerate(product.factors):
        term = lowering.sums.with_array(lowering.values.of(node))
        others = {x for k, (own, _) in enumerate(product.factors) if k != place for x in own}
        others.update(x for own in product.deltas for x in own)
        for label, axis in zip(labels, term.classes, strict=True):
            if not isinstance(axis, AffineAxis):
                joins.join(label, (place, axis))
            elif label in others:
                return None
            else:
                shifted[label] = axis.renamed(partial(_named, place))
        held.append(Held(term.register, tuple((place, x) for x in term.held)))
    factors = tuple(Held(x.register, tuple(map(joins.find, x.indices))) for x in held)
    return SpreadTerm(
        factors,
        tuple(
            shifted[x].renamed(joins.find) if x in shifted else joins.find(x)
            for x in product.output
        ),
    )


def _named(place: int, label: Label) -> Label:
    return place, label


def _solved_for_targets(term: Term, looked: Sequence[LookedAxis], shape: Sequence[int]) -> Term:
    """Give targets labels of their own: what they are a shift of is then a shift of them."""
    indices = {term.classes[axis] for one in looked for axis in one.others}
    for axis in (one.axis for one in looked):
        form = term.classes[axis]
        if not isinstance(form, AffineAxis) or form in indices or len(form.labels) != 1:
            continue
        ((label, stride),) = zip(form.labels, form.strides, strict=True)
        others = [x for x in term.classes if isinstance(x, AffineAxis) and x != form]
        if abs(stride) != 1 or label in (*term.held, *indices, *labels_in(tuple(others))):
            continue
        if label not in term.classes:
            continue
        new = ("target", axis)
        back = AffineAxis((new,), (stride,), (shape[axis],), -stride * form.offset)
        names: dict[Label, Label] = {form: new, label: back}
        term = replace(term, classes=tuple(names.get(x, x) for x in term.classes))
    return term


def _may_be_apart(term: Term, looked: Sequence[LookedAxis]) -> bool:
    """Tell whether nothing but look-ups says which values some labels take."""
    labels = [term.classes[one.axis] for one in looked]
    return len(set(labels)) == len(labels) and not any(
        isinstance(label, AffineAxis) or label in term.held for label in labels
    )
