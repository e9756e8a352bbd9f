"""The einsum forms: one row each, with sizes and the ways to write it by hand in numpy.

The fastest of a row's functions, at each size, is the limit that the others are compared with.
Where a result may be a view, the row says it twice: views are compared with views only.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray
Function = Callable[..., Any]
TILE = 128


@dataclass(frozen=True)
class Form:
    name: str
    string: str
    sizes: tuple[str, str, str]  # small, medium, large: "i4 j8"
    by_hand: tuple[Function, ...]

    def dims(self, which: int) -> dict[str, int]:
        return {word[0]: int(word[1:]) for word in self.sizes[which].split()}

    def arrays(self, which: int) -> list[Array]:
        """Return random operands, positive so that sums do not cancel."""
        dims, random = self.dims(which), np.random.default_rng(0)
        inputs = self.string.partition("->")[0].split(",")
        return [random.random([dims[label] for label in labels]) + 0.5 for labels in inputs]


def tiled_transpose(A: Array) -> Array:
    """Transpose in tiles, which stay in the cache."""
    result = np.empty(A.shape[::-1], A.dtype)
    for start in range(0, A.shape[0], TILE):
        result[:, start : start + TILE] = A[start : start + TILE].T
    return result


def loop_batched_last(A: Array, B: Array) -> Array:
    """Multiply along the last axis, one term of the sum at a time."""
    result = A[:, 0, None, :] * B[None, 0]
    for j in range(1, A.shape[1]):
        result += A[:, j, None, :] * B[None, j]
    return result


def values_out(P: Array, V: Array) -> Array:
    """Write attention's values into their own layout."""
    result = np.empty((V.shape[0], P.shape[2], V.shape[2], V.shape[3]))
    np.matmul(P, V.transpose(0, 2, 1, 3), out=result.transpose(0, 2, 1, 3))
    return result


def scaled_rows(X: Array, w: Array) -> Array:
    return X * w[:, None]


def bilinear_outer(x: Array, W: Array, y: Array) -> Array:
    products = (x[:, :, None] * y[:, None, :]).reshape(len(x), -1)
    return products.dot(W.reshape(len(W), -1).T)


def khatri_rao(A: Array, B: Array) -> Array:
    """Repeat first, so that the inner loop is as long as a row of the result."""
    result = np.repeat(A, len(B), axis=0).reshape(len(A), -1)
    result *= B.reshape(-1)
    return result.reshape(len(A), *B.shape)


def mttkrp_khatri_rao(T: Array, B: Array, C: Array) -> Array:
    return T.reshape(len(T), -1).dot((B[:, None, :] * C).reshape(-1, B.shape[1]))


def mttkrp_repeated(T: Array, B: Array, C: Array) -> Array:
    return T.reshape(len(T), -1).dot(khatri_rao(B, C).reshape(-1, B.shape[1]))


def mttkrp_twice(T: Array, B: Array, C: Array) -> Array:
    products = T.reshape(-1, T.shape[2]).dot(C).reshape(*T.shape[:2], -1)
    products *= B
    return products.sum(1)


def mttkrp_einsum(T: Array, B: Array, C: Array) -> Array:
    products = T.reshape(-1, T.shape[2]).dot(C).reshape(*T.shape[:2], -1)
    return np.einsum("ijr,jr->ir", products, B)


def tucker(G: Array, A: Array, B: Array, C: Array) -> Array:
    a, b, c = G.shape
    step = A.T.dot(G.reshape(a, b * c)).reshape(-1, b, c)
    return (B.T @ step) @ C


def tucker_reshaped(G: Array, A: Array, B: Array, C: Array) -> Array:
    a, b, c = G.shape
    i, j, k = A.shape[1], B.shape[1], C.shape[1]
    step = G.reshape(a * b, c).dot(C).reshape(a, b * k)
    step = A.T.dot(step).reshape(i, b, k)
    return np.matmul(B.T, step).reshape(i, j, k)


def hadamard3(A: Array, B: Array, C: Array) -> Array:
    result = A * B
    result *= C
    return result


def four_axes(A: Array, B: Array) -> Array:
    a, b, c, d = A.shape
    return A.reshape(a * b, c * d).dot(B.reshape(c * d, -1)).reshape(a, b, *B.shape[2:])


def four_axes_permuted(A: Array, B: Array) -> Array:
    """Contract abcd with ebfd to aecf."""
    (a, b, c, d), (e, _, f, _) = A.shape, B.shape
    left = A.transpose(0, 2, 1, 3).reshape(a * c, b * d)
    right = B.transpose(0, 2, 1, 3).reshape(e * f, b * d)
    return left.dot(right.T).reshape(a, c, e, f).transpose(0, 2, 1, 3)


def hyperedge(A: Array, B: Array, C: Array) -> Array:
    a, b, c = len(A), len(B), len(C)
    return (A[:, None] * B).reshape(a * b, -1).dot(C.T).reshape(a, b, c)


def hyperedge_repeated(A: Array, B: Array, C: Array) -> Array:
    return khatri_rao(A, B).reshape(-1, A.shape[1]).dot(C.T).reshape(len(A), len(B), len(C))


def einsum(string: str, **options: Any) -> Function:
    return lambda *arrays: np.einsum(string, *arrays, **options)


FORMS = (
    Form(
        "matvec", "ij,j->i", ("i4 j4", "i100 j120", "i1200 j1000"),
        (lambda A, x: A.dot(x), lambda A, x: A @ x, einsum("ij,j->i")),
    ),
    Form(
        "matmul", "ij,jk->ik", ("i4 j5 k6", "i60 j70 k50", "i300 j300 k300"),
        (lambda A, B: A.dot(B), lambda A, B: A @ B),
    ),
    Form(
        "matmul, first transposed", "ji,jk->ik", ("i4 j5 k6", "i60 j70 k50", "i300 j300 k300"),
        (lambda A, B: A.T.dot(B), lambda A, B: A.T @ B),
    ),
    Form(
        "matmul, second transposed", "ij,kj->ik", ("i4 j5 k6", "i60 j70 k50", "i300 j300 k300"),
        (lambda A, B: A.dot(B.T), lambda A, B: A @ B.T),
    ),
    Form(
        "matmul, both transposed", "ji,kj->ik", ("i4 j5 k6", "i60 j70 k50", "i300 j300 k300"),
        (lambda A, B: A.T.dot(B.T), lambda A, B: B.dot(A).T, lambda A, B: A.T @ B.T),
    ),
    Form(
        "batched matmul, batch first", "bij,bjk->bik",
        ("b4 i3 j3 k3", "b16 i20 j20 k20", "b32 i64 j64 k64"),
        (lambda A, B: A @ B, einsum("bij,bjk->bik")),
    ),
    Form(
        "batched matmul, batch last", "ijb,jkb->ikb",
        ("b4 i3 j3 k3", "b500 i4 j4 k4", "b20000 i4 j4 k4"),
        (
            einsum("ijb,jkb->ikb"),
            loop_batched_last,
            lambda A, B: (A.transpose(2, 0, 1) @ B.transpose(2, 0, 1)).transpose(1, 2, 0),
        ),
    ),
    Form(
        "scores, bhqd,bhkd", "bhqd,bhkd->bhqk",
        ("b2 h2 q4 k4 d4", "b2 h4 q24 k24 d16", "b4 h8 q64 k64 d32"),
        (lambda Q, K: Q @ K.swapaxes(2, 3), einsum("bhqd,bhkd->bhqk")),
    ),
    Form(
        "scores, bqhd,bkhd", "bqhd,bkhd->bhqk",
        ("b2 h2 q4 k4 d4", "b2 h4 q24 k24 d16", "b4 h8 q64 k64 d32"),
        (
            lambda Q, K: Q.transpose(0, 2, 1, 3) @ K.transpose(0, 2, 3, 1),
            einsum("bqhd,bkhd->bhqk"),
        ),
    ),
    Form(
        "values, bhqk,bhkd", "bhqk,bhkd->bhqd",
        ("b2 h2 q4 k4 d4", "b2 h4 q24 k24 d16", "b4 h8 q64 k64 d32"),
        (lambda P, V: P @ V, einsum("bhqk,bhkd->bhqd")),
    ),
    Form(
        "values, bhqk,bkhd", "bhqk,bkhd->bqhd",
        ("b2 h2 q4 k4 d4", "b2 h4 q24 k24 d16", "b4 h8 q64 k64 d32"),
        (
            lambda P, V: (P @ V.transpose(0, 2, 1, 3)).transpose(0, 2, 1, 3),
            values_out,
            einsum("bhqk,bkhd->bqhd"),
        ),
    ),
    Form(
        "outer", "i,j->ij", ("i4 j5", "i100 j120", "i1000 j1200"),
        (
            lambda x, y: x[:, None] * y,
            np.multiply.outer,
            lambda x, y: x[:, None].dot(y[None]),
            einsum("i,j->ij"),
        ),
    ),
    Form(
        "dot", "i,i->", ("i5", "i1000", "i200000"),
        (lambda x, y: x.dot(y), np.vdot, np.vecdot),
    ),
    Form(
        "row dot", "ij,ij->i", ("i4 j5", "i100 j120", "i1000 j1200"),
        (np.vecdot, lambda A, B: (A * B).sum(1), einsum("ij,ij->i")),
    ),
    Form(
        "column dot", "ij,ij->j", ("i4 j5", "i100 j120", "i1000 j1200"),
        (
            einsum("ij,ij->j"),
            lambda A, B: (A * B).sum(0),
            lambda A, B: np.ones(len(A)).dot(A * B),
            lambda A, B: np.vecdot(A, B, axis=0),
        ),
    ),
    Form(
        "row sums", "ij->i", ("i4 j5", "i100 j120", "i1000 j1200"),
        (
            lambda A: A.sum(1),
            lambda A: np.add.reduce(A, 1),
            lambda A: A.dot(np.ones(A.shape[1])),
            einsum("ij->i"),
        ),
    ),
    Form(
        "column sums", "ij->j", ("i4 j5", "i100 j120", "i1000 j1200"),
        (
            lambda A: A.sum(0),
            np.add.reduce,
            lambda A: np.ones(len(A)).dot(A),
            einsum("ij->j"),
        ),
    ),
    Form(
        "sum", "ij->", ("i4 j5", "i100 j120", "i1000 j1200"),
        (
            lambda A: A.sum(),
            lambda A: np.add.reduce(A, None),
            lambda A: np.add.reduce(A.ravel()),
            lambda A: A.ravel().dot(np.ones(A.size)),
            einsum("ij->"),
        ),
    ),
    Form(
        "diagonal", "ii->i", ("i5", "i100", "i1200"),
        (
            lambda A: A.diagonal().copy(),
            lambda A: A.ravel()[:: len(A) + 1].copy(),
            lambda A: A.diagonal(),
            einsum("ii->i"),
        ),
    ),
    Form(
        "trace", "ii->", ("i5", "i100", "i1200"),
        (lambda A: A.trace(), lambda A: np.add.reduce(A.diagonal()), einsum("ii->")),
    ),
    Form(
        # A copy is asked for its layout, so a copy in the old order is none.
        "transpose", "ij->ji", ("i4 j5", "i100 j120", "i1000 j1200"),
        (lambda A: A.T.copy(), tiled_transpose, lambda A: A.T, einsum("ij->ji")),
    ),
    Form(
        "permutation", "ijk->kij", ("i3 j4 k5", "i20 j24 k28", "i80 j100 k120"),
        (
            lambda A: A.transpose(2, 0, 1).copy(),
            lambda A: tiled_transpose(A.reshape(-1, A.shape[2])).reshape(-1, *A.shape[:2]),
            lambda A: A.transpose(2, 0, 1),
            einsum("ijk->kij"),
        ),
    ),
    Form(
        "bilinear", "bi,oij,bj->bo", ("b4 i3 o3 j3", "b32 i16 o16 j16", "b128 i48 o48 j48"),
        (
            bilinear_outer,
            lambda x, W, y: np.vecdot(x @ W, y).T,
            lambda x, W, y: np.einsum("obj,bj->bo", x @ W, y),
            einsum("bi,oij,bj->bo"),
        ),
    ),
    Form(
        "chain of three", "ij,jk,kl->il",
        ("i3 j4 k5 l3", "i40 j50 k60 l10", "i300 j300 k300 l30"),
        (lambda A, B, C: A.dot(B.dot(C)), lambda A, B, C: A.dot(B).dot(C)),
    ),
    Form(
        "MTTKRP", "ijk,jr,kr->ir", ("i3 j4 k5 r2", "i20 j20 k20 r8", "i80 j80 k80 r16"),
        (mttkrp_khatri_rao, mttkrp_repeated, mttkrp_twice, mttkrp_einsum, einsum("ijk,jr,kr->ir")),
    ),
    Form(
        "Tucker", "abc,ai,bj,ck->ijk",
        ("a2 b2 c3 i3 j4 k3", "a6 b6 c6 i12 j12 k12", "a16 b16 c16 i64 j64 k64"),
        (tucker, tucker_reshaped, einsum("abc,ai,bj,ck->ijk", optimize=True)),
    ),
    Form(
        "Hadamard of two", "ij,ij->ij", ("i4 j5", "i100 j120", "i1000 j1200"),
        (lambda A, B: A * B, np.multiply),
    ),
    Form(
        "Hadamard of three", "ij,ij,ij->ij", ("i4 j5", "i100 j120", "i1000 j1200"),
        (hadamard3, lambda A, B, C: A * B * C, einsum("ij,ij,ij->ij")),
    ),
    Form(
        "row scaling", "i,ij->ij", ("i4 j5", "i100 j120", "i1000 j1200"),
        (lambda x, A: x[:, None] * A, einsum("i,ij->ij")),
    ),
    Form(
        "four axes", "abcd,cdef->abef",
        ("a2 b3 c2 d3 e2 f3", "a8 b8 c8 d8 e8 f8", "a18 b18 c18 d18 e18 f18"),
        (four_axes, np.tensordot, einsum("abcd,cdef->abef")),
    ),
    Form(
        "four axes, permuted", "abcd,ebfd->aecf",
        ("a2 b3 c2 d3 e2 f3", "a8 b8 c8 d8 e8 f8", "a18 b18 c18 d18 e18 f18"),
        (four_axes_permuted, einsum("abcd,ebfd->aecf")),
    ),
    Form(
        "hyperedge", "ai,bi,ci->abc",
        ("a3 b3 c3 i4", "a20 b20 c20 i20", "a64 b64 c64 i32"),
        (hyperedge, hyperedge_repeated, einsum("ai,bi,ci->abc")),
    ),
    Form(
        "quadratic form", "i,ij,j->", ("i4 j5", "i100 j120", "i1000 j1200"),
        (
            lambda x, A, y: x.dot(A).dot(y),
            lambda x, A, y: x.dot(A.dot(y)),
            einsum("i,ij,j->"),
        ),
    ),
    Form(
        "batched quadratic form", "bi,ij,bj->b",
        ("b4 i4 j5", "b64 i30 j40", "b1000 i100 j120"),
        (
            lambda x, A, y: np.vecdot(x.dot(A), y),
            lambda x, A, y: np.einsum("bj,bj->b", x.dot(A), y),
            einsum("bi,ij,bj->b"),
        ),
    ),
    Form(
        "weighted covariance", "ni,n,nj->ij", ("n8 i4 j3", "n300 i20 j24", "n5000 i60 j80"),
        (
            lambda X, w, Y: scaled_rows(X, w).T.dot(Y),
            lambda X, w, Y: X.T.dot(scaled_rows(Y, w)),
            lambda X, w, Y: (X.T * w).dot(Y),
            einsum("ni,n,nj->ij"),
        ),
    ),
    Form(
        "Khatri-Rao", "ir,jr->ijr", ("i4 j5 r3", "i30 j40 r10", "i200 j250 r16"),
        (lambda A, B: A[:, None] * B, khatri_rao, einsum("ir,jr->ijr")),
    ),
)  # fmt: skip
