"""Arrays seen, and written, through affine forms of labels, as calls of torch or jax."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import prod

from einsgrad.engine.backends.library import Library
from einsgrad.engine.contractions.arrays import Name
from einsgrad.engine.contractions.views import Operand, aligned
from einsgrad.engine.programs.affine_axes import AffineAxis, affine_axes, label_sizes, labels_in
from einsgrad.engine.programs.steps import Register, Term, Window
from einsgrad.strings.subscripts import Indices


@dataclass(frozen=True, slots=True)
class PlainWindows:
    """Writes windows, and terms whose axes are affine forms.

    Parameters
    ----------
    library
        The library.
    permuted
        Writes an array with its axes in another order.
    """

    library: Library
    permuted: Callable[[str, Sequence[int]], str]

    def window(self, step: Window, name: str) -> str:
        """Write an array seen through affine forms: slices, windows, zeros around it."""
        if not step.target.size:
            return self._zeros(step.target.shape, step.target)
        shape, axes = step.operand.shape, step.axes
        text = name
        if not step.is_view:
            text = self._padded(name, shape, axes)
            axes = tuple(axis.shifted(-axis.lowest) for axis in axes)
            shape = tuple(axis.highest + 1 for axis in axes)
        for place in reversed(range(len(axes))):
            text = self._axis_seen(text, place, axes[place], shape[place])
        return text

    def _zeros(self, shape: Sequence[int], like: Register) -> str:
        prefix = self.library.prefix
        return f"{prefix}.zeros({tuple(shape)}, dtype={prefix}.{like.dtype.name})"

    def _padded(self, name: str, shape: Sequence[int], axes: Sequence[AffineAxis]) -> str:
        """Write what lies between the least and the largest places, zeros where nothing does."""
        slots, around = [], []
        for axis, size in zip(axes, shape, strict=True):
            first = min(max(axis.lowest, 0), size)
            end = max(min(axis.highest + 1, size), first)
            slots.append(f"{first}:{end}")
            before = min(max(-axis.lowest, 0), axis.highest - axis.lowest + 1)
            around.append((before, axis.highest - axis.lowest + 1 - before - (end - first)))
        return self.library.padded(f"{name}[{', '.join(slots)}]", around)

    def _axis_seen(self, text: str, place: int, axis: AffineAxis, size: int) -> str:
        before = ":, " * place
        if not axis.labels:
            return f"{text}[{before}{axis.offset}]"
        if len(axis.labels) == 1 and axis.strides[0]:
            start, step, count = axis.lowest, abs(axis.strides[0]), axis.sizes[0]
            end = axis.highest + 1
            if (start, end, step) != (0, size, 1):
                text = f"{text}[{before}{start}:{end}{f':{step}' if step > 1 else ''}]"
            is_flipped = axis.strides[0] < 0 and count > 1
            prefix = self.library.prefix
            return f"{prefix}.flip({text}, ({place},))" if is_flipped else text
        if self.library.windows and len(axis.labels) == 2 and axis.strides[1] == 1:
            step, count = axis.strides[0], axis.sizes[1]
            if step > 0:
                part = f"{text}[{before}{axis.lowest}:{axis.highest + 1}]"
                return self.library.windows.format(
                    x=part, axis=place, size=count, step=step, behind=place + 1
                )
        return f"{text}[{before}{self._places(axis, axis.labels)}]"

    def _places(self, axis: AffineAxis, labels: Indices) -> str:
        """Write the places of an affine form as integers, aligned to labels."""
        parts = []
        for label, stride, size in zip(axis.labels, axis.strides, axis.sizes, strict=True):
            own = aligned(Operand(self._range(size), (label,)), labels)
            parts.append(f"{stride} * {own}" if stride != 1 else str(own))
        if axis.offset or not parts:
            parts.append(str(axis.offset))
        return " + ".join(parts)

    def _range(self, size: int) -> Name:
        return Name(f"{self.library.prefix}.arange({size})")

    def placed(self, term: Term, target: Register, core: str) -> str:
        """Write a term whose axes are affine forms: added to zeros at their places."""
        sizes = label_sizes(term.classes, target.shape)
        if not prod(sizes.values()):
            return self._zeros(target.shape, target)
        labels = labels_in(term.classes)
        if self._is_moved(term, target):
            return self._zeros_around(term, target, core)
        affine = [k for k, one in enumerate(term.classes) if isinstance(one, AffineAxis)]
        times = sum(len(one.labels) if isinstance(one, AffineAxis) else 1 for one in term.classes)
        is_plain = len(affine) == 1 and times == len(labels) == len(term.held)
        base = self._zeros(target.shape, target)
        if is_plain and self.library.adding_along:
            (place,) = affine
            axis = term.classes[place]
            assert isinstance(axis, AffineAxis)
            values = self.permuted(core, [term.held.index(x) for x in labels])
            places = self._places(axis, axis.labels) if axis.labels else str([axis.offset])
            shape = [*target.shape[:place], prod(axis.sizes), *target.shape[place + 1 :]]
            if len(axis.labels) != 1:
                values = f"{values}.reshape({tuple(shape)})"
                places = f"({places}).reshape(-1)" if axis.labels else f"torch.tensor({places})"
            return self.library.adding_along.format(
                base=base, axis=place, index=places, values=values
            )
        index = ", ".join(
            self._index(one, size, labels)
            for one, size in zip(term.classes, target.shape, strict=True)
        )
        held = tuple(x for x in labels if x in term.held)
        values = self.permuted(core, [term.held.index(x) for x in held])
        values = str(aligned(Operand(Name(values), held), labels))
        return self.library.adding.format(base=base, index=index, values=values)

    def _is_moved(self, term: Term, target: Register) -> bool:
        """Tell whether a term is an array with zeros around it, perhaps turned around."""
        axes = affine_axes(term.classes, target.shape)
        labels = [x for axis in axes for x in axis.labels]
        return (
            all(axis.strides in ((1,), (-1,)) for axis in axes)
            and len(set(labels)) == len(labels) == len(term.held)
            and all(axis.is_inside(n) for axis, n in zip(axes, target.shape, strict=True))
            and term.register.dtype == target.dtype
        )

    def _zeros_around(self, term: Term, target: Register, core: str) -> str:
        axes = affine_axes(term.classes, target.shape)
        text = self.permuted(core, [term.held.index(x) for x in labels_in(term.classes)])
        turned = tuple(k for k, one in enumerate(axes) if one.strides == (-1,))
        if turned:
            text = f"{self.library.prefix}.flip({text}, {turned})"
        sizes = zip(axes, target.shape, strict=True)
        around = [(axis.lowest, size - 1 - axis.highest) for axis, size in sizes]
        return self.library.padded(text, around) if any(map(any, around)) else text

    def _index(self, one: object, size: int, labels: Indices) -> str:
        axis = one if isinstance(one, AffineAxis) else AffineAxis.of(one, size)
        if not axis.labels:
            return self.library.array_of.format(x=axis.offset, dtype="int64")
        return self._places(axis, labels)
