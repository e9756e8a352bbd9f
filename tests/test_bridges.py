"""Functions of torch and jax with derived derivatives, of every mode and order."""

import numpy as np
import pytest
from namespaces import maker

import einsgrad as eg

pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::UserWarning")

A, x, t, z = eg.variables("A[m,n] x[n] t[m] z[n]", complex="z")
GENERATOR = np.random.default_rng(0)
SHAPES = {"A": (3, 2), "x": (2,), "t": (3,), "z": (2,)}
LOSS = eg.sum(eg.softplus(A @ x - t))

# Expressions with their inputs.
CASES = {
    "loss": ((LOSS,), (A, x, t)),
    "an input that is not there": ((eg.sum_squares(A),), (A, t)),
    "several results": ((eg.tanh(A @ x), A.T @ t, eg.sum(A)), (A, x, t)),
    "a result that both need": ((eg.exp(A @ x), eg.logsumexp(A @ x)), (A, x)),
    "transposed result": ((eg.exp(A).T,), (A,)),
    "the input": ((x,), (x,)),
    "a constant": ((2 * eg.ones("n") + 0 * x,), (x,)),
    "delta": ((eg.diag(eg.sin(x)),), (x,)),
    "inverse": ((eg.logdet(A.T @ A) + x @ eg.inverse(A.T @ A + eg.eye("n")) @ x,), (A, x)),
    "indices": ((x[1:] * x[:-1], eg.sum(x[::-1] * np.cumsum(x))), (x,)),
    "complex": ((eg.sum(eg.real(z * eg.conj(z) * eg.exp(z))),), (z,)),
    "complex result": ((z * eg.exp(x * z) * eg.conj(z),), (z, x)),
}


def drawn(inputs):
    found, generator = [], np.random.default_rng(1)
    for one in inputs:
        array = 0.2 + generator.random(SHAPES[one.name])
        found.append(array + 1j * generator.random(array.shape) if one is z else array)
    return found


def tensors_of(inputs):
    torch = pytest.importorskip("torch")
    return [torch.tensor(one, requires_grad=True) for one in drawn(inputs)]


@pytest.mark.parametrize("name", CASES)
def test_torch_checks_first_and_second_derivatives_in_both_modes(name):
    torch = pytest.importorskip("torch")
    exprs, inputs = CASES[name]
    f, tensors = eg.bridges.torch(*exprs, inputs=inputs), tensors_of(inputs)
    assert torch.autograd.gradcheck(f, tensors, check_forward_ad=True, check_batched_grad=True)
    if name != "a constant":
        assert torch.autograd.gradgradcheck(f, tensors)


@pytest.mark.parametrize("name", CASES)
def test_torch_gets_the_values_of_numpy(name):
    exprs, inputs = CASES[name]
    arrays = drawn(inputs)
    torch = pytest.importorskip("torch")
    found = eg.bridges.torch(*exprs, inputs=inputs)(*map(torch.tensor, arrays))
    expected = eg.compile(*exprs, inputs=inputs)(*arrays)
    if len(exprs) == 1:
        found, expected = (found,), (expected,)
    for one, other in zip(found, expected, strict=True):
        assert np.allclose(np.asarray(one), other, rtol=1e-12)


def softplus_loss(a, v, b):
    torch = pytest.importorskip("torch")
    return torch.nn.functional.softplus(a @ v - b).sum()


def test_torch_func_transforms_it():
    torch = pytest.importorskip("torch")
    f = eg.bridges.torch(LOSS, inputs=(A, x, t))
    a, v, b = (one.detach() for one in tensors_of((A, x, t)))
    func = torch.func
    expected = func.hessian(softplus_loss, 1)(a, v, b)
    assert torch.allclose(func.hessian(f, 1)(a, v, b), expected)
    assert torch.allclose(func.jacrev(func.jacrev(f, 1), 1)(a, v, b), expected)
    assert torch.allclose(func.jacfwd(func.jacfwd(f, 1), 1)(a, v, b), expected)
    many = func.vmap(func.grad(f, 1), (None, 0, None))(a, torch.stack([v, 2 * v]), b)
    assert torch.allclose(many[1], func.grad(softplus_loss, 1)(a, 2 * v, b))
    third = func.jacrev(func.hessian(f, 1), 1)(a, v, b)
    assert torch.allclose(third, func.jacrev(func.hessian(softplus_loss, 1), 1)(a, v, b))


def test_torch_compiles_it():
    torch = pytest.importorskip("torch")
    f, tensors = eg.bridges.torch(LOSS, inputs=(A, x, t)), tensors_of((A, x, t))
    torch.compile(f, backend="aot_eager")(*tensors).backward()
    for own, other in zip(
        tensors, torch.autograd.grad(softplus_loss(*tensors), tensors), strict=True
    ):
        assert torch.allclose(own.grad, other)


def test_gradients_are_those_that_are_wanted():
    torch = pytest.importorskip("torch")
    f, (a, v, b) = eg.bridges.torch(LOSS, inputs=(A, x, t)), tensors_of((A, x, t))
    f(a, v.detach(), b.detach()).backward()
    assert v.grad is None
    assert torch.allclose(a.grad, torch.autograd.grad(softplus_loss(a, v, b), a)[0])
    plain = f(a.detach(), v.detach(), b.detach())
    assert not plain.requires_grad


def test_whole_numbers_that_look_up_have_no_gradient():
    torch = pytest.importorskip("torch")
    W, places = eg.variables("W[v,d] places[s]")
    f = eg.bridges.torch(eg.sum(W[places] ** 2), inputs=(W, places))
    w = torch.rand(4, 2, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda w: f(w, torch.tensor([1, 1, 3])), (w,))


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_tensors_keep_their_dtype(dtype):
    torch = pytest.importorskip("torch")
    f = eg.bridges.torch(LOSS, inputs=(A, x, t))
    own = getattr(torch, dtype)
    tensors = [one.detach().to(own).requires_grad_() for one in tensors_of((A, x, t))]
    value = f(*tensors)
    value.backward()
    assert {one.grad.dtype for one in tensors} == {value.dtype} == {own}


@pytest.mark.parametrize("string", ["mn,n->m", "mn,mn->", "mm->m", "...n,n->...", "(i+k),k->i"])
def test_strings_are_functions_of_torch_and_jax(string):
    torch = pytest.importorskip("torch")
    make = maker("jax")
    jax = pytest.importorskip("jax")
    shapes = {"mn,mn->": [(3, 2)] * 2, "mm->m": [(3, 3)], "(i+k),k->i": [(5,), (2,)]}
    arrays = [GENERATOR.random(one) for one in shapes.get(string, [(3, 2), (2,)])]
    f = eg.bridges.torch(string)
    tensors = [torch.tensor(one, requires_grad=True) for one in arrays]
    assert torch.autograd.gradcheck(f, tensors, check_forward_ad=True)
    g = eg.bridges.jax(string)
    jacobian = jax.jacrev(g)(*map(make, arrays))
    expected = torch.func.jacrev(f)(*[one.detach() for one in tensors])
    assert np.allclose(jacobian, expected, rtol=1e-12)


@pytest.mark.parametrize("name", CASES)
def test_jax_checks_derivatives_in_both_modes(name):
    make = maker("jax")
    test_util = pytest.importorskip("jax.test_util")
    jax = pytest.importorskip("jax")
    exprs, inputs = CASES[name]
    f = eg.bridges.jax(*exprs, inputs=inputs)
    arrays = list(map(make, drawn(inputs)))
    test_util.check_grads(jax.jit(f), arrays, order=2, rtol=1e-4)
    expected = eg.compile(*exprs, inputs=inputs)(*map(np.asarray, arrays))
    for one, other in zip(jax.tree.leaves(f(*arrays)), jax.tree.leaves(expected), strict=True):
        assert np.allclose(one, other, rtol=1e-12)


def test_jax_transforms_it():
    make = maker("jax")
    jax = pytest.importorskip("jax")
    f = eg.bridges.jax(LOSS, inputs=(A, x, t))

    def theirs(a, v, b):
        return jax.nn.softplus(a @ v - b).sum()

    a, v, b = map(make, drawn((A, x, t)))
    for derived in (jax.hessian, lambda g, k: jax.jacrev(jax.jacrev(g, k), k), jax.grad):
        assert np.allclose(jax.jit(derived(f, 1))(a, v, b), derived(theirs, 1)(a, v, b), rtol=1e-12)
    many = jax.vmap(jax.grad(f, 1), (None, 0, None))(a, jax.numpy.stack([v, 2 * v]), b)
    assert np.allclose(many[1], jax.grad(theirs, 1)(a, 2 * v, b), rtol=1e-12)
    third = jax.jacrev(jax.hessian(f, 1), 1)(a, v, b)
    assert np.allclose(third, jax.jacrev(jax.hessian(theirs, 1), 1)(a, v, b), rtol=1e-10)


@pytest.mark.parametrize("library", ["torch", "jax"])
def test_what_is_wrong_is_said_at_once(library):
    pytest.importorskip(library)
    bridge = getattr(eg.bridges, library)
    with pytest.raises(eg.ArgumentError, match="nothing is given"):
        bridge()
    with pytest.raises(eg.ArgumentError, match="no order"):
        bridge(LOSS)
    with pytest.raises(eg.ArgumentError, match="not among the inputs"):
        bridge(LOSS, inputs=(A, x))
    with pytest.raises(eg.ArgumentTypeError, match="no variable"):
        bridge(LOSS, inputs=(A, x, 2 * t))
    with pytest.raises(eg.ArgumentError, match="Leave inputs out"):
        bridge("mn,n->m", inputs=(A, x))
    with pytest.raises(eg.ArgumentError, match="3 arguments"):
        bridge(LOSS, inputs=(A, x, t))(1.0)
