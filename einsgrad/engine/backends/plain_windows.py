"""Arrays seen, and written, through affine forms of labels, as calls of torch or jax."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

from einsgrad.engine.backends.plain_spelling import PlainSpelling
from einsgrad.engine.programs.affine_axes import AffineAxis, affine_axes, label_sizes, labels_in
from einsgrad.engine.programs.steps import Register, Term, Window
from einsgrad.strings.subscripts import Indices


@dataclass(frozen=True, slots=True)
class PlainWindows:
    """Writes windows, and terms whose axes are affine forms.

    Parameters
    ----------
    spelling
        How views and new arrays are written.
    """

    spelling: PlainSpelling

    def window(self, step: Window, name: str) -> str:
        """Write an array seen through affine forms: slices, windows, zeros around it."""
        if not step.target.size:
            return self.spelling.zeros(step.target.shape, step.target.dtype)
        shape, axes = step.operand.shape, step.axes
        text = name
        if not step.is_view:
            text = self._padded(name, shape, axes)
            axes = tuple(axis.shifted(-axis.lowest) for axis in axes)
            shape = tuple(axis.highest + 1 for axis in axes)
        for place in reversed(range(len(axes))):
            text = self._axis_seen(text, place, axes[place], shape)
            shape = (*shape[:place], *axes[place].sizes, *shape[place + 1 :])
        return text

    def _padded(self, name: str, shape: Sequence[int], axes: Sequence[AffineAxis]) -> str:
        """Write what lies between the least and the largest places, zeros where nothing does."""
        slots, around = [], []
        for axis, size in zip(axes, shape, strict=True):
            first = min(max(axis.lowest, 0), size)
            end = max(min(axis.highest + 1, size), first)
            slots.append(f"{first}:{end}")
            before = min(max(-axis.lowest, 0), axis.highest - axis.lowest + 1)
            around.append((before, axis.highest - axis.lowest + 1 - before - (end - first)))
        return self._with_zeros(f"{name}[{', '.join(slots)}]", around)

    def _with_zeros(self, text: str, around: Sequence[tuple[int, int]]) -> str:
        if any(map(any, around)):
            return self.spelling.padded(text, around)
        return text

    def _axis_seen(self, text: str, place: int, axis: AffineAxis, shape: Sequence[int]) -> str:
        before = ":, " * place
        if not axis.labels:
            return f"{text}[{before}{axis.offset}]"
        if len(axis.labels) == 1 and axis.strides[0]:
            start, step, count = axis.lowest, abs(axis.strides[0]), axis.sizes[0]
            end = axis.highest + 1
            if (start, end, step) != (0, shape[place], 1):
                text = f"{text}[{before}{start}:{end}{f':{step}' if step > 1 else ''}]"
            is_flipped = axis.strides[0] < 0 and count > 1
            return self.spelling.flipped(text, [place] * is_flipped)
        windows = self.spelling.library.windows
        if windows and len(axis.labels) == 2 and axis.strides[1] == 1:
            step, count = axis.strides[0], axis.sizes[1]
            if step > 0:
                part = f"{text}[{before}{axis.lowest}:{axis.highest + 1}]"
                return windows.format(x=part, axis=place, size=count, step=step, behind=place + 1)
        places = self._places(axis, axis.labels)
        if not self.spelling.library.taken:
            return f"{text}[{before}{places}]"
        flat = self.spelling.reshaped(f"({places})", (-1,))
        taken = self.spelling.library.taken.format(x=text, index=flat, axis=place)
        return self.spelling.reshaped(taken, (*shape[:place], *axis.sizes, *shape[place + 1 :]))

    def _places(self, axis: AffineAxis, labels: Indices) -> str:
        """Write the places of an affine form as integers, aligned to labels."""
        parts = []
        for label, stride, size in zip(axis.labels, axis.strides, axis.sizes, strict=True):
            own = self.spelling.aligned(self.spelling.places(size), (label,), labels)
            parts.append(f"{stride} * {own}" if stride != 1 else own)
        if axis.offset or not parts:
            parts.append(str(axis.offset))
        return " + ".join(parts)

    def placed(self, term: Term, target: Register, core: str) -> str:
        """Write a term whose axes are affine forms: added to zeros at their places."""
        sizes = label_sizes(term.classes, target.shape)
        base = self.spelling.zeros(target.shape, target.dtype)
        if not prod(sizes.values()):
            return base
        labels = labels_in(term.classes)
        if self._is_moved(term, target):
            return self._zeros_around(term, target, core)
        affine = [k for k, one in enumerate(term.classes) if isinstance(one, AffineAxis)]
        times = sum(len(one.labels) if isinstance(one, AffineAxis) else 1 for one in term.classes)
        is_plain = len(affine) == 1 and times == len(labels) == len(term.held)
        if is_plain and self.spelling.library.adding_along:
            (place,) = affine
            axis = term.classes[place]
            assert isinstance(axis, AffineAxis)
            values = self.spelling.permuted(core, [term.held.index(x) for x in labels])
            places = self._places(axis, axis.labels) if axis.labels else str([axis.offset])
            shape = [*target.shape[:place], prod(axis.sizes), *target.shape[place + 1 :]]
            if len(axis.labels) != 1:
                values = f"{values}.reshape({tuple(shape)})"
                places = f"({places}).reshape(-1)" if axis.labels else self.spelling.listed(places)
            return self.spelling.library.adding_along.format(
                base=base, axis=place, index=places, values=values
            )
        index = ", ".join(
            self._index(one, size, labels)
            for one, size in zip(term.classes, target.shape, strict=True)
        )
        held = tuple(x for x in labels if x in term.held)
        values = self.spelling.permuted(core, [term.held.index(x) for x in held])
        values = self.spelling.aligned(values, held, labels)
        return self.spelling.added(base, index, values)

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
        text = self.spelling.permuted(core, [term.held.index(x) for x in labels_in(term.classes)])
        turned = tuple(k for k, one in enumerate(axes) if one.strides == (-1,))
        if turned:
            text = self.spelling.flipped(text, turned)
        sizes = zip(axes, target.shape, strict=True)
        around = [(axis.lowest, size - 1 - axis.highest) for axis, size in sizes]
        return self._with_zeros(text, around)

    def _index(self, one: object, size: int, labels: Indices) -> str:
        axis = one if isinstance(one, AffineAxis) else AffineAxis.of(one, size)
        if not axis.labels:
            return self.spelling.listed(axis.offset)
        return self._places(axis, labels)
