"""A program: inputs and steps, run by numpy, built as an expression, or as a numpy function."""

from dataclasses import dataclass, field

import numpy as np

import einsgrad as eg
from fuzzing import reference
from fuzzing.operations import Operation


def _disturbed(value, noise, generator):
    return value * (1 + noise * generator.standard_normal(np.shape(value)))


@dataclass(frozen=True, slots=True)
class Input:
    """A variable: its name, its dims (names or sizes), and whether it is symmetric or complex."""

    name: str
    dims: tuple
    trait: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """`name = operation(arguments, options)`; an argument is a name or a number."""

    name: str
    operation: Operation
    arguments: tuple
    options: dict = field(default_factory=dict)

    def written(self, form):
        texts = [a if isinstance(a, str) else repr(a) for a in self.arguments]
        shown = {key: repr(value) for key, value in self.options.items()}
        return f"{self.name} = {form.format(*texts, all=', '.join(texts), **shown)}"

    def function_form(self):
        """Return the form in a numpy function; labels that repeat in an output are not numpy's."""
        output = self.options.get("string", "").partition("->")[2]
        repeats = len(set(output)) < len(output)
        return self.operation.expression if repeats else self.operation.function

    def value(self, known):
        given = [known[a] if isinstance(a, str) else a for a in self.arguments]
        if "string" in self.options:
            return self.operation.value(self.options["string"], *given)
        return self.operation.value(*given, **self.options)


@dataclass(frozen=True)
class Program:
    """Steps from inputs to a result, with the sizes of the named dims."""

    inputs: tuple
    steps: tuple
    sizes: dict

    @property
    def result(self):
        return self.steps[-1].name if self.steps else self.inputs[0].name

    @property
    def analytic(self):
        """Whether numpy's own functions continue the whole program to complex numbers."""
        real = all(one.trait != "complex" for one in self.inputs)
        return real and all(step.operation.analytic for step in self.steps)

    def shape(self, one):
        return tuple(self.sizes.get(dim, dim) for dim in one.dims)

    def value(self, arrays, noise=0.0, seed=0):
        """Run the program by numpy alone; every step may be disturbed by relative noise."""
        return self.values(arrays, noise, seed)[self.result]

    def values(self, arrays, noise=0.0, seed=0):
        """Return the inputs and the value of every step, by name.

        Noise comes to what goes into a step, for what cancels within, and to what comes out.
        """
        known = dict(arrays)
        generator = np.random.default_rng(seed)
        reference.decisions.clear()
        reference.jumps.clear()
        with np.errstate(all="ignore"):
            for step in self.steps:
                if not noise:
                    known[step.name] = step.value(known)
                    continue
                names = sorted({one for one in step.arguments if isinstance(one, str)})
                moved = {one: _disturbed(known[one], 0.1 * noise, generator) for one in names}
                known[step.name] = _disturbed(step.value(known | moved), noise, generator)
        return known

    def declaration(self):
        """Return the declaration of the variables, and the traits, as `eg.variables` takes them."""
        texts = [
            one.name + (f"[{','.join(map(str, one.dims))}]" if one.dims else "")
            for one in self.inputs
        ]
        traits = {}
        for trait in ("symmetric", "complex"):
            names = [one.name for one in self.inputs if one.trait == trait]
            traits |= {trait: " ".join(names)} if names else {}
        return " ".join(texts), traits

    def variables(self):
        declaration, traits = self.declaration()
        found = eg.variables(declaration, **traits)
        return {variable.name: variable for variable in found}

    def expression_text(self):
        return [step.written(step.operation.expression) for step in self.steps]

    def expression(self, variables):
        """Build the program as an expression."""
        space = {"eg": eg, "np": np, **variables}
        for line in self.expression_text():
            exec(line, space)
        return space[self.result]

    def function_text(self, captured=()):
        names = [one.name for one in self.inputs if one.name not in captured]
        lines = [step.written(step.function_form()) for step in self.steps]
        return [
            f"def f({', '.join(names)}):",
            *(f"    {line}" for line in lines),
            f"    return {self.result}",
        ]

    def function(self, captured):
        """Build the program as a numpy function; some arrays are globals of it."""
        space = {"eg": eg, "np": np, **captured}
        exec("\n".join(self.function_text(captured)), space)
        return space["f"]

    def pruned(self):
        """Leave out the steps and inputs that the result does not need."""
        needed, steps = {self.result}, []
        for step in reversed(self.steps):
            if step.name in needed:
                steps.append(step)
                needed |= {a for a in step.arguments if isinstance(a, str)}
        inputs = tuple(one for one in self.inputs if one.name in needed)
        return Program(inputs, tuple(reversed(steps)), self.sizes)
