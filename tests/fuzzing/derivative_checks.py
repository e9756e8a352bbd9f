"""Derivatives of a program, by every door, against slopes along random lines."""

import numpy as np

import einsgrad as eg
from einsgrad.expressions.walks import variables_in
from fuzzing import reference
from fuzzing.checks import Case, Difference, _sizes, agree
from fuzzing.slopes import Unsmooth


def _compiled(case, exprs, extra=None):
    """Run expressions compiled together, given arrays by name."""
    variables = case.variables()
    inputs = [*variables.values()]
    arrays = case.all_laid()
    for variable, array in (extra or {}).items():
        inputs.append(variable)
        arrays.append(array)
    found = eg.compile(*exprs, inputs=tuple(inputs), sizes=_sizes(case))(*arrays)
    return found if len(exprs) > 1 else (found,)


def _like(case, name, letter):
    """Declare a variable like another one, not symmetric."""
    one = next(one for one in case.program.inputs if one.name == name)
    dims = f"[{','.join(map(str, one.dims))}]" if one.dims else ""
    complex_too = letter if one.trait == "complex" else ()
    return eg.variables(f"{letter}{dims}", complex=complex_too)[0]


def _along(gradient, move):
    """Return the change along a move that a gradient says, or refuse another shape."""
    gradient = np.asarray(gradient)
    if gradient.shape != move.shape:
        raise Difference(f"gradient: shape {gradient.shape}, not {move.shape}")
    if gradient.dtype.kind not in "fc":
        raise Difference(f"gradient: dtype {gradient.dtype}")
    return np.sum(np.conj(gradient) * move).real


def _check_symmetric(case, name, gradient):
    one = next(one for one in case.program.inputs if one.name == name)
    if one.trait == "symmetric" and not np.allclose(gradient, np.asarray(gradient).T):
        raise Difference("gradient: not symmetric")


def gradient(case):
    """grad of an expression, alone and with the value in one program."""
    name, variables = case.wrt(), case.variables()
    expr = case.program.expression(variables)
    move = case.move(name)
    slope, uncertain = case.slope({name: move})
    found = eg.grad(expr, variables[name])
    (got,) = _compiled(case, [found])
    agree("grad", _along(got, move), slope, uncertain)
    _check_symmetric(case, name, got)
    arrays = case.given(found)
    agree(
        "grad, evaluated",
        _along(eg.evaluate(found, **arrays, sizes=_sizes(case)), move),
        slope,
        uncertain,
    )


def joint(case):
    """The value and all gradients in one program."""
    variables = case.variables()
    expr = case.program.expression(variables)
    if not case.floats:
        raise Unsmooth
    moves = {name: case.move(name) for name in case.floats}
    slope, uncertain = case.slope(moves)
    gradients = eg.grad(expr, tuple(variables[name] for name in case.floats))
    value, *found = _compiled(case, [expr, *gradients])
    agree("value with gradients", value, *case.value())
    total = sum(_along(g, moves[name]) for g, name in zip(found, case.floats, strict=True))
    agree("gradients in one program", total, slope, uncertain)


def function_gradient(case):
    """value_and_grad of a numpy function."""
    name = case.wrt()
    move = case.move(name)
    slope, uncertain = case.slope({name: move})
    place = case.names.index(name)
    value, got = eg.value_and_grad(case.function(), argnums=place)(*case.all_laid())
    agree("value of value_and_grad", value, *case.value())
    agree("grad of a function", _along(got, move), slope, uncertain)


def captured_gradient(case):
    """grad of a numpy function that reads its other arrays from outside."""
    name = case.wrt()
    if any(case.arrays[other].dtype not in ("f8", "c16") for other in case.names if other != name):
        raise Unsmooth
    move = case.move(name)
    slope, uncertain = case.slope({name: move})
    outside = {other: case.laid(other) for other in case.names if other != name}
    f = case.program.function(outside)
    _refuse_functions_of_comparisons(case, f, name)
    got = eg.grad(f)(case.laid(name))
    agree("grad of a function with arrays outside", _along(got, move), slope, uncertain)


def _refuse_functions_of_comparisons(case, f, name):
    """What is made of arrays outside is numpy's alone: comparisons are in half precision there.

    Nor does numpy negate them.
    """
    value, uncertain = case.value()
    if not reference.jumps:
        return
    try:
        own = np.asarray(f(case.laid(name)))
    except TypeError:
        raise Unsmooth from None
    if not np.all(np.abs(own - value) <= uncertain):
        raise Unsmooth


def second(case):
    """hessian and hvp of an expression, and grad of grad times a vector."""
    name, variables = case.wrt(), case.variables()
    _refuse_complex(case, name)
    expr = case.program.expression(variables)
    move = case.move(name)
    slope, uncertain = case.slope({name: move}, 2)
    x, v = variables[name], _like(case, name, "v")
    rank = move.ndim
    match int(case.random.integers(3)):
        case 0:
            (got,) = _compiled(case, [eg.hessian(expr, x)])
            if np.shape(got) != move.shape * 2:
                raise Difference(f"hessian: shape {np.shape(got)}")
            agree("hessian", np.sum(np.tensordot(got, move, rank) * move), slope, uncertain)
        case 1:
            (got,) = _compiled(case, [eg.hvp(expr, x, v)], {v: move})
            agree("hvp", _along(got, move), slope, uncertain)
        case _:
            inner = eg.sum(eg.grad(expr, x) * v)
            (got,) = _compiled(case, [eg.grad(inner, x)], {v: move})
            agree("grad of grad times v", _along(got, move), slope, uncertain)


def _refuse_complex(case, name):
    """Real and imaginary parts have no complex Jacobian, which is an error that says so."""
    if case.arrays[name].dtype.kind == "c":
        raise Unsmooth


def function_second(case):
    """hessian, hvp and nested gradients of a numpy function, in its first argument."""
    name = case.names[0]
    if name not in case.floats:
        raise Unsmooth
    _refuse_complex(case, name)
    move = case.move(name)
    slope, uncertain = case.slope({name: move}, 2)
    f, arrays = case.function(), case.all_laid()
    match int(case.random.integers(3)):
        case 0:
            got = np.tensordot(eg.hessian(f)(*arrays), move, move.ndim)
            agree("hessian of a function", np.sum(got * move), slope, uncertain)
        case 1:
            got = eg.hvp(f, tuple(arrays), move)
            agree("hvp of a function", _along(got, move), slope, uncertain)
        case _:
            got = eg.grad(lambda x: np.sum(eg.grad(f)(x, *arrays[1:]) * move))(arrays[0])
            agree("grad of grad of a function", _along(got, move), slope, uncertain)


def jacobian(case):
    """jacobian of an expression or of a function."""
    name, variables = case.wrt(), case.variables()
    _refuse_complex(case, name)
    move = case.move(name)
    slope, uncertain = case.slope({name: move})
    if case.random.random() < 0.5:
        expr = case.program.expression(variables)
        (got,) = _compiled(case, [eg.jacobian(expr, variables[name])])
    else:
        got = eg.jacobian(case.function(), argnums=case.names.index(name))(*case.all_laid())
    if np.shape(got) != np.shape(slope) + move.shape:
        raise Difference(f"jacobian: shape {np.shape(got)}")
    agree("jacobian", np.tensordot(got, move, move.ndim), slope, uncertain)


def products(case):
    """vjp or jvp of an expression or of a function."""
    name, variables = case.wrt(), case.variables()
    move = case.move(name)
    slope, uncertain = case.slope({name: move})
    as_expression = case.random.random() < 0.5
    if case.random.random() < 0.5:
        got = _forward(case, name, move, variables, as_expression)
        agree(f"jvp of {'an expression' if as_expression else 'a function'}", got, slope, uncertain)
        return
    cotangent = case.random.standard_normal(np.shape(slope))
    if np.iscomplexobj(slope):
        cotangent = cotangent + 1j * case.random.standard_normal(np.shape(slope))
    got = np.asarray(_backward(case, name, cotangent, variables, as_expression))
    if got.shape != move.shape:
        raise Difference(f"vjp: shape {got.shape}")
    expected = np.sum(cotangent * slope).real
    allowed = np.sum(np.abs(cotangent) * uncertain)
    what = f"vjp of {'an expression' if as_expression else 'a function'}"
    agree(what, np.sum(got * move).real, expected, allowed)


def _forward(case, name, move, variables, as_expression):
    if not as_expression:
        moves = tuple(move if n == name else None for n in case.names)
        return eg.jvp(case.function(), tuple(case.all_laid()), moves)[1]
    expr, v = case.program.expression(variables), _like(case, name, "v")
    return _compiled(case, [eg.jvp(expr, variables[name], v)], {v: move})[0]


def _backward(case, name, cotangent, variables, as_expression):
    if not as_expression:
        shares = eg.vjp(case.function(), *case.all_laid())[1](cotangent)
        # Arguments without derivatives have no share.
        return shares[(case.names if len(shares) == len(case.names) else case.floats).index(name)]
    expr = case.program.expression(variables)
    dims = f"[{','.join(map(str, expr.shape))}]" if expr.shape else ""
    traits = {"complex": "g"} if np.iscomplexobj(cotangent) else {}
    (g,) = eg.variables(f"g{dims}", **traits)
    return _compiled(case, [eg.vjp(expr, variables[name], g)], {g: cotangent})[0]


OF_NUMBERS = (gradient, joint, function_gradient, captured_gradient, second, function_second)
OF_ARRAYS = (jacobian, products)
__all__ = ["OF_ARRAYS", "OF_NUMBERS", "Case", "variables_in"]
