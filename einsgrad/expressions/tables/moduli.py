"""Modulus, sign, conjugate, real and imaginary part, one row each."""

from __future__ import annotations

from einsgrad.expressions.tables.columns import POSITIVE, everywhere, unary
from einsgrad.expressions.tables.properties import Bounds, Inverse, Kind
from einsgrad.expressions.tables.spellings import Form

ABS = unary(
    "abs",
    lambda m, x, y: m.sign(x),
    POSITIVE,
    latex=r"\left|{0}\right|",
    kinks="0 at 0",
    number=abs,
    bounds=Bounds(low=0),
    real_valued=True,
    kind=Kind.SAME,
    **everywhere("abs") | {"numpy_names": ("abs", "absolute")},
)
SIGN = unary(
    "sign",
    None,
    POSITIVE,
    kinks="0 everywhere",
    bounds=Bounds(-1, 1),
    kind=Kind.SAME,
    parity=-1,
    **everywhere("sign"),
)
CONJ = unary(
    "conj",
    None,
    latex=r"\overline{{{0}}}",
    transpose=lambda m, g: m.conj(g),
    inverse=Inverse("conj"),
    kind=Kind.SAME,
    **everywhere("conj")
    | {
        "numpy_names": ("conj", "conjugate"),
        # The plain one only marks a tensor, and numpy takes no such tensors.
        "torch": Form("torch.conj_physical({x})"),
    },
)
REAL = unary(
    "real",
    None,
    latex=r"\operatorname{{Re}}({0})",
    kind=Kind.SAME,
    numpy=Form("np.real({x})"),
    numpy_names=("real",),
    torch=Form("torch.real({x})"),
    jax=Form("jnp.real({x})"),
    public=("real",),
    transpose=lambda m, g: m.real(g),
    shares=True,
    real_valued=True,
)
IMAG = unary(
    "imag",
    None,
    latex=r"\operatorname{{Im}}({0})",
    kind=Kind.SAME,
    numpy=Form("np.imag({x})"),
    numpy_names=("imag",),
    torch=Form("torch.imag({x} + 0j)"),
    jax=Form("jnp.imag({x})"),
    public=("imag",),
    transpose=lambda m, g: -1j * m.real(g),
    shares=True,
    real_valued=True,
)
