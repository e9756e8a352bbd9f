"""What is declared of variables: equal forms are one node, and derivatives stay in the set."""

from functools import partial
from itertools import permutations, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import einsgrad as eg
from einsgrad.cli.command import main
from einsgrad.engine.random_arrays import random_arrays
from einsgrad.expressions.walks import substitute, variables_in

RANDOM = np.random.default_rng(5)
N = 3


def whole(*shape):
    return RANDOM.integers(-3, 4, shape).astype(float)


def entry(*place):
    made = np.zeros((N,) * len(place))
    made[place] = 1
    return made


def below(strict=False):
    return [(i, j) for i in range(N) for j in range(i + (not strict))]


def orbit(place, exchanges):
    """Add up the entries that exchanges of axes lead to from one, with their signs."""
    return sum(sign * entry(*(place[a] for a in order)) for order, sign in exchanges)


ERI = [
    (order, 1)
    for order in permutations(range(4))
    if {frozenset(order[:2]), frozenset(order[2:])} == {frozenset({0, 1}), frozenset({2, 3})}
]
RIEMANN = [
    (order, (1 - 2 * (order[0] % 2 > order[1] % 2)) * (1 - 2 * (order[2] % 2 > order[3] % 2)))
    for order, _ in ERI
]
ALL = [(order, 1) for order in permutations(range(3))]
OPPOSITE = [
    (order, round(np.linalg.det(np.eye(3)[list(order)]))) for order in permutations(range(3))
]


def tensors(exchanges):
    rank = len(exchanges[0][0])
    return [one for p in product(range(N), repeat=rank) if np.any(one := orbit(p, exchanges))]


# What is declared, and directions that span the set.
SETS = {
    "symmetric": [entry(i, j) + (i != j) * entry(j, i) for i, j in below()],
    "skew": [entry(i, j) - entry(j, i) for i, j in below(strict=True)],
    "diagonal": [entry(i, i) for i in range(N)],
    "lower": [entry(i, j) for i, j in below()],
    "upper": [entry(j, i) for i, j in below()],
    "T: abc": tensors(ALL),
    "T: -abc": tensors(OPPOSITE),
    "T: ab, cd, abcd": tensors(ERI),
    "T: -ab, -cd, ab|cd": tensors(RIEMANN),
}


def declared(kind):
    """Declare T as said, and other variables beside it."""
    rank = len(SETS[kind][0].shape)
    said = {"symmetric": kind} if ":" in kind else {kind: "T"}
    dims = ",".join("n" * rank)
    return eg.variables(f"T[{dims}] W[{dims}] B[n,n] x[n]", **said)


def within(basis):
    return sum(number * one for number, one in zip(whole(len(basis)), basis, strict=True))


def inner(one, other):
    return float(np.sum(one.conj() * other).real)


def cubic(T, W, B, x):
    """Return a form of degree 3 in T: an expression, or a number of whole numbers."""
    einsum = np.einsum if isinstance(T, np.ndarray) else eg.einsum
    axes = "abcd"[: len(T.shape)]
    linear = einsum(f"{axes},{axes}->", T, W)
    quadratic = einsum(f"{axes},e{axes[1:]},ae->", T, T, B)
    powers = einsum(f"{axes},{','.join(axes)}->", T, *[x] * len(axes))
    return linear * quadratic + powers + linear


def slope(f, point, direction):
    """Return the exact derivative of a form of degree 4 at most, along a direction."""
    near = f(point + direction) - f(point - direction)
    return (8 * near - f(point + 2 * direction) + f(point - 2 * direction)) / 12


@pytest.mark.parametrize("kind", SETS)
def test_a_gradient_is_that_within_the_set(kind):
    T, W, B, x = declared(kind)
    arrays = {"T": within(SETS[kind]), "W": whole(*SETS[kind][0].shape)}
    arrays |= {"B": whole(N, N), "x": whole(N)}
    expr = cubic(T, W, B, x)
    gradient = eg.evaluate(eg.grad(expr, T), **arrays)
    others = (arrays["W"], arrays["B"], arrays["x"])
    for direction in SETS[kind]:
        expected = slope(lambda t: cubic(t, *others), arrays["T"], direction)
        assert inner(gradient, direction) == pytest.approx(expected, rel=1e-12, abs=1e-9)
    basis = np.stack([one.ravel() for one in SETS[kind]])
    assert np.linalg.matrix_rank(np.vstack([basis, gradient.ravel()])) <= np.linalg.matrix_rank(
        basis
    )
    assert eg.evaluate(expr, **arrays) == cubic(arrays["T"], *others)


@pytest.mark.parametrize("kind", SETS)
def test_jacobians_and_hessians_are_those_within_the_set(kind):
    T, _, B, x = declared(kind)
    axes = "abcd"[: len(T.shape)]
    linear = eg.einsum(f"{axes},b->{axes.replace('b', '')}", T, x)
    v = whole(N)
    jacobian = eg.evaluate(eg.jacobian(linear, T), x=v, sizes={"n": N})
    expr = eg.einsum("ab,bc->", B, B) + eg.sum_squares(linear)
    hessian = eg.hessian(expr, T)
    second = eg.evaluate(hessian, x=v, sizes={"n": N})
    rank = len(T.shape)
    for one in SETS[kind]:
        moved = np.einsum(f"{axes},b->{axes.replace('b', '')}", one, v)
        assert np.allclose(np.tensordot(jacobian, one, rank), moved)
        for other in SETS[kind]:
            both = np.einsum(f"{axes},b->{axes.replace('b', '')}", other, v)
            found = np.tensordot(one, np.tensordot(second, other, rank), rank)
            assert found == pytest.approx(2 * np.sum(moved * both))


INDEPENDENT = ["symmetric", "skew", "diagonal", "lower", "upper"]


@pytest.mark.parametrize("kind", INDEPENDENT)
def test_independent_entries_are_those_that_a_direction_moves(kind):
    T, W, B, x = declared(kind)
    point, others = within(SETS[kind]), (whole(N, N), whole(N, N), whole(N))
    given = dict(zip("WBx", others, strict=True))
    expr = cubic(T, W, B, x)
    gradient = eg.grad(expr, T, convention="independent")
    value = eg.evaluate(gradient, T=point, **given)
    hessian = eg.evaluate(eg.hessian(expr, T, convention="independent"), T=point, **given)
    row = eg.evaluate(eg.jacobian(expr * x, T, convention="independent"), T=point, **given)
    by_vjp = eg.evaluate(eg.vjp(expr * x, T, x, convention="independent"), T=point, **given)
    for one in SETS[kind]:
        place = tuple(np.argwhere(np.triu(one) if kind == "upper" else np.tril(one))[0])
        expected = slope(lambda t: cubic(t, *others), point, one)
        assert value[place] == pytest.approx(expected)
        assert row[(slice(None), *place)] == pytest.approx(expected * others[2])
        assert by_vjp[place] == pytest.approx(expected * others[2] @ others[2])
        for other in SETS[kind]:
            there = tuple(np.argwhere(np.triu(other) if kind == "upper" else np.tril(other))[0])
            first = partial(slope, lambda t: cubic(t, *others), direction=one)
            both = slope(first, point, other)
            assert hessian[place + there] == pytest.approx(both)
    assert np.array_equal(np.abs(value), np.abs(value.T)) or kind in ("lower", "upper")


def test_the_cookbook_has_twice_the_gradient_without_half_its_diagonal():
    S, A = eg.variables("S[n,n] A[n,n]", symmetric="S")
    G = A.T + A
    cookbook = eg.simplify(G - eg.diag(eg.diag(A)))
    assert eg.grad(eg.trace(A @ S), S, convention="independent") is cookbook
    claim = "2*inv(S) - diag(diag(inv(S)))"
    assert eg.check(claim, eg.logdet(S), S, convention="independent")
    assert not eg.check(claim, eg.logdet(S), S)


ROTATIONS = [np.eye(3), np.eye(3)[[1, 2, 0]], np.diag([1.0, -1.0, 1.0])[[2, 0, 1]]]


@pytest.mark.parametrize("point", ROTATIONS)
def test_a_gradient_in_an_orthogonal_matrix_is_tangent(point):
    Q, A, B = eg.variables("Q[n,n] A[n,n] B[n,n]", orthogonal="Q")
    a, b = whole(N, N), whole(N, N)
    expr = eg.trace(A @ Q @ B @ Q.T) + eg.trace(A @ Q) ** 2
    gradient = eg.evaluate(eg.grad(expr, Q), Q=point, A=a, B=b)
    assert np.array_equal(point.T @ gradient, -(point.T @ gradient).T)
    for skew in SETS["skew"]:
        move = point @ skew
        expected = slope(lambda q: np.trace(a @ q @ b @ q.T) + np.trace(a @ q) ** 2, point, move)
        assert inner(gradient, move) == expected
    second = eg.evaluate(eg.hessian(expr, Q), Q=point, A=a, B=b)
    for skew in SETS["skew"]:
        moved = point.T @ np.tensordot(second, point @ skew)
        assert np.allclose(moved, -moved.T)
        # Along a geodesic Q exp(t K), whose second derivative is Q K K.
        by_chain = inner(point @ skew, np.tensordot(second, point @ skew))
        assert by_chain == pytest.approx(second_along(point, skew, a, b))


def second_along(point, skew, a, b):
    """Return the second derivative along `Q exp(t K)`, from the series of exp."""
    first, later = point @ skew, point @ skew @ skew
    return (
        2 * np.trace(a @ first @ b @ first.T)
        + np.trace(a @ later @ b @ point.T)
        + np.trace(a @ point @ b @ later.T)
        + 2 * np.trace(a @ first) ** 2
        + 2 * np.trace(a @ point) * np.trace(a @ later)
    )


HERMITIAN = [entry(i, j) + (i != j) * entry(j, i) for i, j in below()] + [
    1j * entry(i, j) - 1j * entry(j, i) for i, j in below(strict=True)
]


def test_a_gradient_in_a_hermitian_matrix_is_hermitian():
    H, A, z = eg.variables("H[n,n] A[n,n] z[n]", hermitian="H", complex="A,z")
    expr = eg.conj(z) @ H @ H @ z + eg.trace(H) ** 3 + eg.real(eg.trace(A @ H @ A @ H))
    point, v = within(HERMITIAN), whole(N) + 1j * whole(N)
    a = whole(N, N) + 1j * whole(N, N)

    def value(h):
        trace = np.trace(h) ** 3
        return (v.conj() @ h @ h @ v + trace + np.trace(a @ h @ a @ h)).real

    gradient = eg.evaluate(eg.grad(expr, H), H=point, A=a, z=v)
    assert np.array_equal(gradient, gradient.conj().T)
    for direction in HERMITIAN:
        assert inner(gradient, direction) == pytest.approx(slope(value, point, direction))


def test_what_a_hermitian_matrix_makes_real_has_a_gradient():
    w, R, s, lam = eg.variables("w[n] R[n,n] s[n] lam", complex="w,s,lam", hermitian="R")
    expr = eg.conj(w) @ R @ w + eg.conj(lam) * (eg.conj(w) @ s - 1) + lam * (eg.conj(s) @ w - 1)
    assert eg.grad(expr, w) is eg.simplify(2 * R @ w + 2 * eg.conj(lam) * s)
    (M,) = eg.variables("M[n,n]", complex="M")
    with pytest.raises(eg.ArgumentError, match="hermitian='H'"):
        eg.grad(eg.conj(w) @ M @ w, w)


def test_the_fock_matrix_has_three_terms():
    h, D, V = eg.variables("h[n,n] D[n,n] V[n,n,n,n]", symmetric="h, D; V: ab, cd, abcd")
    energy = 2 * eg.einsum("ab,ab->", h, D)
    energy += 2 * eg.einsum("abcd,ab,cd->", V, D, D) - eg.einsum("acbd,ab,cd->", V, D, D)
    fock = eg.grad(energy, D)
    coulomb, exchange = eg.einsum("abcd,cd->ab", V, D), eg.einsum("acbd,cd->ab", V, D)
    assert fock is eg.simplify(2 * h + 4 * coulomb - 2 * exchange)
    assert len(fock.terms) == 3
    assert eg.is_symmetric(fock)


def test_derivatives_of_a_cubic_form_are_one_term_each():
    T, x = eg.variables("T[n,n,n] x[n]", symmetric="T")
    cube = eg.einsum("ijk,i,j,k->", T, x, x, x)
    assert eg.grad(cube, x) is eg.simplify(3 * eg.einsum("ijk,j,k->i", T, x, x))
    assert eg.hessian(cube, x) is eg.simplify(6 * eg.einsum("ijk,k->ij", T, x))
    assert eg.jacobian(eg.hessian(cube, x), x) is eg.simplify(6 * T)
    assert eg.grad(cube, T) is eg.simplify(eg.einsum("i,j,k->ijk", x, x, x))


NAMES = "S[n,n] Z[n,n] A[n,n] K[n,n] H[n,n] D[n,n] E[n,n] L[n,n] U[n,n] Q[n,n] P[n,n]"
S, Z, A, K, H, D, E, L, U, Q, P, B, V, R, T, x, z = eg.variables(
    f"{NAMES} B[n,n] V[n,n,n,n] R[n,n,n,n] T[n,n,n] x[n] z[n]",
    symmetric="S, Z; V: ab, cd, ab|cd; R: -ab, -cd, ab|cd; T",
    skew="A, K",
    hermitian="H",
    diagonal="D, E",
    lower="L",
    upper="U",
    orthogonal="Q",
    positive_definite="P",
    complex="z",
)
GRAM = B.T @ B
conj = eg.conj
SAME = [
    (eg.einsum("ab,ba->", S, S), eg.einsum("ab,ab->", S, S)),
    (eg.einsum("ab,bc,ca->", S, Z, S), eg.einsum("ba,cb,ca->", S, S, Z)),
    (eg.einsum("abcd,ac,bd->", V, S, Z), eg.einsum("dcba,ca,bd->", V, S, Z)),
    (eg.einsum("abcd,ac,bd->", V, B, B), eg.einsum("cdab,bd,ac->", V, B, B)),
    (eg.einsum("abcd,cdef->abef", V, V), eg.einsum("cdba,fedc->abef", V, V)),
    (eg.einsum("abc,bca->", T, T), eg.einsum("abc,abc->", T, T)),
    (eg.einsum("abcd,b,d->ac", R, x, x), eg.einsum("badc,b,d->ac", R, x, x)),
    (eg.einsum("abcd,b,d->ac", R, x, x), -eg.einsum("abdc,b,d->ac", R, x, x)),
    (A.T, -A),
    (x @ A @ x, 0 * x @ x),
    (eg.trace(A), 0 * x @ x),
    (eg.diag(A), 0 * x),
    (eg.trace(A @ S), 0 * x @ x),
    (eg.trace(A @ A @ A), 0 * x @ x),
    (eg.trace(A @ K), eg.trace(A.T @ K.T)),
    ((A @ A).T, A @ A),
    ((A @ A @ A).T, -A @ A @ A),
    (eg.inverse(A).T, -eg.inverse(A)),
    (eg.einsum("abcd,a,b->cd", R, x, x), 0 * B),
    (conj(H).T, H),
    (conj(eg.inverse(H)).T, eg.inverse(H)),
    (conj(eg.inverse(H + 2 * eg.eye("n"))).T, eg.inverse(H + 2 * eg.eye("n"))),
    (conj(eg.det(H)), eg.det(H)),
    (conj(eg.trace(H @ H)), eg.trace(H @ H)),
    (conj(conj(z) @ H @ z), conj(z) @ H @ z),
    (D.T, D),
    (D * eg.eye("n"), D),
    (np.tril(D), D),
    (eg.diag(eg.diag(D @ D)), D @ D),
    (eg.diag(eg.diag(eg.inverse(D))), eg.inverse(D)),
    (np.tril(L), L),
    (np.tril(L @ L), L @ L),
    (np.tril(L @ U.T), L @ U.T),
    (np.triu(L.T), L.T),
    (np.tril(eg.inverse(L)), eg.inverse(L)),
    (np.tril(L + D), L + D),
    (eg.det(L), eg.prod(eg.diag(L))),
    (eg.logdet(U), eg.sum(eg.log(abs(eg.diag(U))))),
    (Q.T @ Q, eg.eye("n")),
    (Q @ Q.T, eg.eye("n")),
    (B @ Q @ S @ Q.T @ Q @ B, B @ Q @ S @ B),
    (eg.inverse(Q), Q.T),
    (Q @ Q @ Q.T, Q),
    (Q.T @ Q.T @ Q @ Q, eg.eye("n")),
    (B @ Q.T @ Q.T @ Q @ B, B @ Q.T @ B),
    (Q @ Q @ Q @ Q.T @ x, Q @ Q @ x),
    (eg.inverse(Q @ S @ Q.T), Q @ eg.inverse(S) @ Q.T),
    (eg.logdet(Q @ P @ Q.T), eg.logdet(P)),
    (eg.diag(eg.diag(D @ D @ D)), D @ D @ D),
    (np.tril(L @ L @ L), L @ L @ L),
    (eg.grad(eg.logdet(L @ L.T), L), 2 * eg.diag(1 / eg.diag(L))),
    (conj(H @ H @ H).T, H @ H @ H),
    (eg.trace(Q @ S @ Q.T), eg.trace(S)),
    (eg.det(Q) * eg.det(Q), 0 * x @ x + 1),
    (eg.logdet(Q), 0 * x @ x),
    (abs(eg.det(Q)), 0 * x @ x + 1),
    (abs(eg.det(P)), eg.det(P)),
    (eg.grad(eg.det(Q), Q), 0 * B),
    (eg.grad(eg.sum_squares(Q @ x), Q), 0 * B),
    (eg.grad(eg.logdet(H), H), eg.inverse(H)),
    (eg.grad(x @ D @ x, D), eg.diag(x * x)),
    (eg.grad(eg.trace(eg.inverse(D)), D), -eg.inverse(D) @ eg.inverse(D)),
    (eg.grad(eg.trace(L), L), eg.eye("n")),
    (eg.grad(eg.trace(A @ A), A), -2 * A),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_equal_forms_are_one_node(one, other):
    simple = eg.simplify(one)
    assert simple is eg.simplify(other)
    assert eg.simplify(simple) is simple


POOL = {
    "S": (S, [((0, 1), 1), ((1, 0), 1)]),
    "A": (A, [((0, 1), 1), ((1, 0), -1)]),
    "B": (B, [((0, 1), 1)]),
    "x": (x, [((0,), 1)]),
    "T": (T, ALL),
    "V": (V, ERI),
    "R": (R, RIEMANN),
}


@st.composite
def products(draw):
    """Draw a product of factors, and the same written otherwise, with its sign."""
    names = draw(st.lists(st.sampled_from("SSAABxTVR"), min_size=1, max_size=5))
    lists = [draw(st.lists(LABELS, min_size=r, max_size=r)) for r in map(rank_of, names)]
    used = sorted({label for one in lists for label in one})
    output = draw(st.lists(st.sampled_from(used), max_size=2, unique=True))
    renamed = dict(zip(used, draw(st.permutations("pqrstu")), strict=False))
    sign, other = 1, []
    for name, indices in zip(names, lists, strict=True):
        order, factor = draw(st.sampled_from(POOL[name][1]))
        sign *= factor
        other.append((name, [renamed[indices[axis]] for axis in order]))
    other = draw(st.permutations(other))
    first = product_of(zip(names, lists, strict=True), output)
    return first, sign * product_of(other, [renamed[label] for label in output])


LABELS = st.sampled_from("abcdef")


def rank_of(name):
    return len(POOL[name][0].shape)


def product_of(factors, output):
    factors = list(factors)
    text = ",".join("".join(indices) for _, indices in factors)
    return eg.einsum(f"{text}->{''.join(output)}", *[POOL[name][0] for name, _ in factors])


@given(pair=products(), seed=st.integers(0, 99))
def test_products_that_differ_in_exchanges_are_one_node_with_the_right_value(pair, seed):
    one, other = pair
    simple = eg.simplify(one)
    assert simple is eg.simplify(other)
    assert eg.simplify(simple) is simple
    arrays = random_arrays(eg.sum(one) + eg.sum(x), seed, given={"n": 4})
    whole_numbers = {name: np.rint(8 * array) for name, array in arrays.items()}
    expected = undeclared_value(one, whole_numbers)
    found = eg.evaluate(
        simple, **{v.name: whole_numbers[v.name] for v in variables_in(simple)}, sizes={"n": 4}
    )
    assert np.array_equal(found, expected)


DIFFERENT = [
    (eg.einsum("abcd,ab,cd->", V, S, S), eg.einsum("acbd,ab,cd->", V, S, S)),
    (eg.einsum("abcd,b->acd", R, x), eg.einsum("acbd,b->acd", R, x)),
    (conj(H), H),
    (L.T, L),
    (D @ B, B @ D),
    (Q @ Q, eg.eye("n")),
    (np.tril(L.T), L.T),
    (np.tril(U @ L), U @ L),
]


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_what_differs_is_not_one_node(one, other):
    assert eg.simplify(one) is not eg.simplify(other)


@pytest.mark.parametrize(("one", "other"), SAME)
def test_equal_forms_have_equal_values_at_arrays_that_are_drawn(one, other):
    # A skew matrix of an odd size has no inverse.
    arrays = random_arrays(eg.sum(one) + eg.sum(other) + eg.sum(x), given={"n": 4})
    values = [undeclared_value(expr, arrays) for expr in (one, other)]
    assert np.allclose(*values)


def with_nothing_declared(v):
    name = f"{v.name}_"
    (free,) = eg.variables(f"{name}[{','.join(v.shape)}]", complex=name if v.is_complex else "")
    return free


def undeclared_value(expr, arrays):
    """Evaluate an expression of which nothing is declared but what is complex."""
    free = {v: with_nothing_declared(v) for v in variables_in(expr)}
    given = {free[v].name: arrays[v.name] for v in free}
    return eg.evaluate(substitute(expr, free), **given, sizes={"n": 4})


REFUSED = [
    (x @ S @ x, {"S": np.arange(9.0).reshape(3, 3)}, "declared symmetric, and"),
    (B @ A, {"A": np.eye(3)}, "declared skew-symmetric, and .* A.T. / 2"),
    (H @ x, {"H": 1j * np.eye(3)}, "declared hermitian, and"),
    (D @ x, {"D": np.ones((3, 3))}, "declared diagonal, and .* np.diag"),
    (L @ x, {"L": np.ones((3, 3))}, "declared lower triangular, and .* np.tril"),
    (U @ x, {"U": np.tril(np.ones((3, 3)))}, "declared upper triangular, and .* np.triu"),
    (Q @ x, {"Q": np.ones((3, 3))}, "declared orthogonal, and"),
    (T @ x, {"T": np.arange(27.0).reshape(3, 3, 3)}, "declared symmetric in abc, and"),
]


@pytest.mark.parametrize(("expr", "arrays", "message"), REFUSED)
def test_an_array_that_is_not_what_is_declared_is_refused(expr, arrays, message):
    given = {"x": np.ones(3), "B": np.eye(3)} | arrays
    used = {v.name: given[v.name] for v in variables_in(expr)}
    with pytest.raises(eg.ArgumentError, match=message):
        eg.evaluate(expr, **used)
    with pytest.raises(eg.ArgumentError, match=message):
        eg.check_grads(eg.real(eg.sum(expr)), used)


DECLARATIONS = [
    ("M[n,m]", {"skew": "M"}, "skew-symmetric and is no square matrix"),
    ("M[n,n,m]", {"symmetric": "M"}, r"in abc, and its dims \[n,n,m\] differ"),
    ("M[n,n,m]", {"symmetric": "M: bc"}, "in bc, and its dims"),
    ("M[n,n]", {"symmetric": "M: abc"}, "names 3 axes of a tensor that has 2"),
    ("M[n,n,n]", {"symmetric": "M: ab-c"}, "does not say which axes"),
    ("M[n,n,n]", {"symmetric": "M: aa"}, "does not say which axes"),
    ("M[n,n,n]", {"symmetric": "M: ab, -abc"}, "leaves no tensor but zero"),
    ("M[n,n]", {"symmetric": "M", "skew": "M"}, "skew-symmetric and symmetric, and no rules"),
    ("M[n,n]", {"orthogonal": "M", "complex": "M"}, "complex and orthogonal"),
    ("M[n,n]", {"lower": "N"}, "'N' is not among the declared"),
]


@pytest.mark.parametrize(("declaration", "said", "message"), DECLARATIONS)
def test_what_cannot_be_declared_is_an_error(declaration, said, message):
    with pytest.raises(eg.ArgumentError, match=message):
        eg.variables(declaration, **said)


def test_one_declaration_may_be_said_in_several_ways():
    ways = ["V: ab, cd, ab|cd", ["V: ab, cd, abcd"], {"V": "ab, cd, ab|cd"}, "V: ij, kl, ij|kl"]
    tensors = [eg.variables("V[n,n,n,n] x[n]", symmetric=way) for way in ways]
    for one, v in tensors:
        swapped = eg.einsum("abcd,a,b,c,d->", one, v, v, v, v)
        assert eg.grad(swapped, v) is eg.simplify(4 * eg.einsum("abcd,b,c,d->a", one, v, v, v))
        assert eg.simplify(eg.einsum("abcd->cdba", one)) is one
    both = eg.variables("M[n,n]", lower="M", upper="M")
    assert both == eg.variables("M[n,n]", diagonal="M")
    assert eg.variables("M[n,n]", symmetric="M: ab") == eg.variables("M[n,n]", symmetric="M")
    assert eg.variables("M[n,n]", symmetric="M: -ab") == eg.variables("M[n,n]", skew="M")
    text = eg.parse("x @ M @ x", "M[n,n] x[n]", skew="M")
    assert eg.simplify(text) is eg.simplify(0 * x @ x)


CAUSES = [
    ("outer(x, x)", x @ L @ x, L, "declared lower triangular"),
    ("outer(x, B.T @ x)", x @ A @ B.T @ x, A, "declared skew-symmetric"),
    ("B.T", eg.trace(B @ Q), Q, "declared orthogonal"),
    ("H @ z", conj(z) @ H @ z, z, "only 1 is here"),
]


@pytest.mark.parametrize(("claim", "expr", "wrt", "cause"), CAUSES)
def test_a_claim_that_forgets_what_is_declared_is_told_so(claim, expr, wrt, cause):
    verdict = eg.check(claim, expr, wrt)
    assert not verdict
    assert cause in str(verdict)
    assert "independent" not in str(verdict)


CHECKED = [
    eg.sum(eg.sin(A @ B @ A)),
    eg.sum(eg.sin(L @ B @ L.T)) + eg.logdet(L),
    eg.sum(eg.exp(eg.inverse(U) @ B)),
    eg.sum(eg.sin(D @ B @ D)) + eg.trace(eg.inverse(D)),
    eg.trace(B @ Q @ S @ Q.T) + eg.sum(eg.exp(Q @ B)),
    eg.tanh(eg.einsum("abcd,b,c->ad", V, x, x)),
    eg.tanh(eg.einsum("abcd,b,c->ad", R, x, x)),
    eg.real(conj(z) @ eg.inverse(H + 4 * eg.eye("n")) @ z),
    eg.logdet(P) + x @ eg.inverse(P) @ x,
]


@pytest.mark.parametrize("expr", CHECKED)
def test_derivatives_agree_with_differences_in_the_set(expr):
    assert eg.check_grads(expr, order=2).error < 1e-6


C = B + 1j * S
ASKED = [
    (eg.is_symmetric, [S, D, P, A @ A, eg.hessian(x @ S @ x, x), T, eg.einsum("ijk,k->ij", T, x)]),
    (
        eg.is_hermitian,
        [S, H, conj(B + 1j * S).T @ eg.inverse(H) @ (B + 1j * S), eg.outer(z, conj(z))],
    ),
    (eg.is_lower, [L, D, U.T, L @ L, eg.inverse(L), eg.cholesky(P), np.tril(B), L + D]),
    (eg.is_upper, [U, D, L.T, U @ D @ U, eg.inverse(L).T, np.triu(B)]),
    (eg.is_diagonal, [D, D @ E, eg.inverse(D), eg.diag(x), eg.eye("n"), eg.grad(eg.logdet(L), L)]),
    (lambda one: eg.is_symmetric(one, "-ab"), [A, A.T, A @ S @ A @ A + A @ A @ S @ A, B - B.T]),
    (lambda one: eg.is_symmetric(one, "ab, cd, ab|cd"), [V, eg.hessian(eg.logdet(S), S)]),
]
NOT_SO = [
    (eg.is_symmetric, [A, L, B, x, V, eg.einsum("ijkl,l->ijk", V, x)]),
    (eg.is_hermitian, [B, z, H @ conj(H), 1j * H, A]),
    (eg.is_lower, [U, B, L @ U, L.T, x, T]),
    (eg.is_diagonal, [L, D @ B, x, T]),
]


@pytest.mark.parametrize(("asked", "exprs"), ASKED)
def test_results_know_their_structure(asked, exprs):
    assert [asked(expr) for expr in exprs] == [True] * len(exprs)


@pytest.mark.parametrize(("asked", "exprs"), NOT_SO)
def test_what_has_no_structure_is_not_taken_for_having_one(asked, exprs):
    assert [asked(expr) for expr in exprs] == [False] * len(exprs)


SHOWN = [
    (eg.grad(eg.sum_squares(L @ x), L), "2 tril(L x xᵀ)"),
    (eg.grad(eg.trace(B @ U), U), "triu(Bᵀ)"),
    (eg.grad(eg.trace(B @ Q), Q), "1/2 (Bᵀ - Q B Q)"),
    (eg.grad(x @ A @ B @ x, A), "1/2 (x xᵀ Bᵀ - B x xᵀ)"),
    (eg.grad(conj(z) @ H @ z, H), "z zᴴ"),
    (2 * np.triu(B @ S) + B, "2 triu(B S) + B"),
]


@pytest.mark.parametrize(("expr", "text"), SHOWN)
def test_derivatives_within_a_set_are_shown_as_matrices_and_read_back(expr, text):
    assert eg.show(expr, "matrix") == text
    assert eg.simplify(eg.parse(text, variables_in(expr))) is eg.simplify(expr)


def test_differentials_of_orthogonal_matrices_do_not_take_theirs_for_orthogonal():
    text = str(eg.differential(Q.T @ B @ Q, Q))
    assert text == "dY = Qᵀ B dQ + dQᵀ B Q"


def test_derivations_end_in_the_derivative_within_the_set():
    expr = x @ S @ B @ x
    last = eg.derive(expr, S).steps[-1]
    assert last.rule == "the part of G that leaves S symmetric"
    assert last.expr is eg.grad(expr, S)


def test_the_command_line_takes_what_is_declared(capsys):
    energy = "h[a,b]*D[a,b] + 2*V[a,b,c,d]*D[a,b]*D[c,d] - V[a,c,b,d]*D[a,b]*D[c,d]"
    names = ["--vars", "h[n,n] D[n,n] V[n,n,n,n]", "--symmetric", "h, D; V: ab, cd, ab|cd"]
    assert main([energy, *names, "--wrt", "D", "--check", "--as", "einsum"]) == 0
    assert capsys.readouterr().out.count("(V, D)") == 2
    determinant = ["logdet(S)", "--vars", "S[n,n]", "--symmetric", "S"]
    claim = ["--claim", "2*inv(S) - diag(diag(inv(S)))"]
    assert main([*determinant, *claim, "--convention", "independent"]) == 0
    assert main([*determinant, *claim]) == 1
    assert main([*determinant, "--check", "--convention", "independent"]) == 2
    assert main(["x@A@x", "--vars", "A[n,n] x[n]", "--skew", "A", "--as", "matrix"]) == 0


def test_a_convention_is_for_variables_of_expressions():
    with pytest.raises(eg.ArgumentError, match="convention: 'both' is none"):
        eg.grad(x @ S @ x, S, convention="both")
    with pytest.raises(eg.ArgumentTypeError, match="convention is for variables"):
        eg.grad(np.sum, convention="independent")
    for variable, expr in ((Q, eg.trace(Q)), (T, eg.sum(T))):
        with pytest.raises(eg.ArgumentError, match="no convention for independent entries"):
            eg.grad(expr, variable, convention="independent")
