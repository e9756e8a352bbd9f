"""Adjoint strings: the exact answers, their names and letters, and their exactness."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import einsgrad as eg
from einsgrad.testing.strategies import arrays, einsum_cases, einsum_strings

TABLE = [
    ("mn,n->m", 0, "m,n->mn", ("g", "x1")),
    ("mn,n->m", 1, "mn,m->n", ("x0", "g")),
    ("ij,jk->ik", 0, "ik,jk->ij", ("g", "x1")),
    ("ij,jk->ik", 1, "ij,ik->jk", ("x0", "g")),
    ("i,ij,j->", 1, "i,,j->ij", ("x0", "g", "x2")),
    ("ii->", 0, ",ij->ij", ("g", "δ")),
    ("ii->i", 0, "i,ij->ij", ("g", "δ")),
    ("ij->i", 0, "i,j->ij", ("g", "1")),
    ("ij->", 0, ",i,j->ij", ("g", "1", "1")),
    ("ij->ji", 0, "ji->ij", ("g",)),
    ("bij,bjk->bik", 1, "bij,bik->bjk", ("x0", "g")),
    ("i,j->ij", 0, "ij,j->i", ("g", "x1")),
    (",->", 0, ",->", ("g", "x1")),
    (",ij->ij", 0, "ij,ij->", ("g", "x1")),
    ("->", 0, "->", ("g",)),
    ("bi,bj,bk->bijk", 1, "bi,bijk,bk->bj", ("x0", "g", "x2")),
    ("i->ii", 0, "ii->i", ("g",)),
    ("mn, n -> m", 0, "m,n->mn", ("g", "x1")),
    ("mn,n", 0, "m,n->mn", ("g", "x1")),
    ("αβ,β->α", 0, "α,β->αβ", ("g", "x1")),
]


@pytest.mark.parametrize(("string", "wrt", "adjoint", "operands"), TABLE)
def test_adjoints_are_exactly_the_known_ones(string, wrt, adjoint, operands):
    derived = eg.adjoint(string, wrt)
    assert str(derived) == derived.subscripts == adjoint
    assert derived.operands == operands
    assert repr(derived) == f'"{adjoint}"({", ".join(operands)})'


def test_without_an_operand_all_adjoints_are_derived():
    assert list(map(str, eg.adjoint("mn,n->m"))) == ["m,n->mn", "mn,m->n"]


def test_an_operand_may_be_counted_from_the_end():
    assert eg.adjoint("mn,n->m", -1).operands == ("x0", "g")


def test_names_are_used_in_every_output():
    derived = eg.adjoint("mn,n->m", 0, names=("A", "x"))
    assert derived.operands == ("g", "x")
    assert repr(derived) == '"m,n->mn"(g, x)'
    assert derived.index == "g_m x_n"
    assert derived.latex == r"g_{m} \, x_{n}"
    assert "A_mn x_n" in derived.derivation
    assert "∂E/∂A_mn" in derived.derivation
    assert r"\partial A_{mn}" in derived.derivation_latex
    assert repr(eg.adjoint("mn,n->m", "x", names=("A", "x"))) == '"mn,m->n"(A, g)'


def test_the_cotangent_takes_another_name_where_g_is_taken():
    derived = eg.adjoint("mn,n->m", 0, names=("A", "g"))
    assert derived.operands == ("g0", "g")
    assert derived.cotangent.name == "g0"


def test_a_repeated_name_sums_over_its_occurrences():
    derived = eg.adjoint("i,ij,j->", "x", names=("x", "A", "x"))
    assert repr(derived) == '",ij,j->i"(g, A, x) + "j,ji,->i"(x, A, g)'
    assert derived.strings == [",ij,j->i", "j,ji,->i"]


def test_equal_occurrences_are_one_term_with_their_number():
    assert repr(eg.adjoint("i,i->", "x", names=("x", "x"))) == '2 * ",i->i"(g, x)'
    assert repr(eg.adjoint("i,i,i->", "x", names=("x",) * 3)) == '3 * ",i,i->i"(g, x, x)'


@given(einsum_strings())
def test_the_users_labels_are_kept_and_fresh_ones_never_clash(string):
    inputs, _, output = string.partition("->")
    for position, indices in enumerate(inputs.split(",")):
        adjoint = str(eg.adjoint(string, position))
        lists, _, shown = adjoint.partition("->")
        assert len(set(shown)) == len(shown) == len(indices)
        seen = set()
        for user, letter in zip(indices, shown, strict=True):
            assert letter == user or user in seen
            assert letter not in set(string) or letter == user
            seen.add(user)
        if len(set(output)) == len(output):
            assert lists.split(",")[position].translate(str.maketrans(shown, indices)) == output


DOTTED = [
    ("...ij,...jk->...ik", 0, "...ik,...jk->...ij", True),
    ("...ij,...jk->...ik", 1, "...ij,...ik->...jk", True),
    ("...ij,jk->...ik", 0, "...ik,jk->...ij", False),
    ("...i->...", 0, "...,i->...i", False),
    ("...,...->...", 1, "...,...->...", True),
]


@pytest.mark.parametrize(("string", "wrt", "adjoint", "remains"), DOTTED)
def test_dots_are_derived_once_for_every_rank(string, wrt, adjoint, remains):
    derived = eg.adjoint(string, wrt)
    assert str(derived) == adjoint
    assert bool(derived.sum_over) == remains


def test_what_remains_to_be_summed_is_stated():
    both = eg.adjoint("...ij,...jk->...ik", 0, names=("A", "B"))
    assert both.sum_over == "sum over the axes of '...' that A lacks, or has with size 1"
    absent = eg.adjoint("...ij,jk->...ik", 1, names=("A", "B"))
    assert str(absent) == "...ij,...ik->...jk"
    assert absent.sum_over == "sum over all axes of '...': B has none of them"


def test_ranks_expand_the_dots():
    derived = eg.adjoint("...ij,...jk->...ik", 0, ranks=(2, 3))
    assert repr(derived) == '"aik,ajk->ij"(g, x1)'
    assert derived.sum_over == ""
    assert str(eg.adjoint("...ij,...jk->...ik", 1, ranks=(2, 3))) == "ij,aik->ajk"


def test_a_repeated_name_with_dots_is_derived_for_every_rank():
    derived = eg.adjoint("...i,...i->...", "x", names=("x", "x"))
    assert repr(derived) == '2 * "...,...i->...i"(g, x)'
    apart = eg.adjoint("...,i->...i", "x", names=("x", "x"), ranks=(1, 1))
    assert apart.strings == ["ai,i->a", "i,ia->a"]


def test_fresh_batch_letters_never_clash_with_the_users():
    assert str(eg.adjoint("...ab,...bc->...ac", 0, ranks=(3, 3))) == "dac,dbc->dab"


def test_shapes_expand_the_dots_and_sum_axes_of_size_one(small_integers, exact_gradient):
    shapes = ((1, 2, 3), (5, 3, 4))
    derived = eg.adjoint("...ij,...jk->...ik", 0, shapes=shapes)
    assert derived.operands == ("g", "x1", "1")
    operands = [small_integers(shape) for shape in shapes]
    g = small_integers((5, 2, 4))
    expected = exact_gradient("...ij,...jk->...ik", operands, [0], g)
    given_ = derived.numpy_operands({"g": g, "x1": operands[1]})
    assert (np.einsum(str(derived), *given_) == expected).all()


@given(
    batch=st.lists(st.integers(1, 3), max_size=2),
    lacking=st.integers(0, 2),
    ones=st.booleans(),
    data=st.data(),
)
def test_the_adjoint_with_dots_is_right_after_the_stated_sum(
    batch, lacking, ones, data, exact_gradient
):
    own = [1 if ones else size for size in batch[lacking:]]
    A = data.draw(arrays((*own, 2, 3)))
    B = data.draw(arrays((*batch, 3, 4)))
    g = data.draw(arrays((*batch, 2, 4)))
    full = np.einsum(str(eg.adjoint("...ij,...jk->...ik", 0)), g, B)
    lead = tuple(range(full.ndim - A.ndim))
    short = [axis for axis in range(full.ndim) if axis >= len(lead)]
    kept = tuple(axis for axis in short if A.shape[axis - len(lead)] == 1 != full.shape[axis])
    summed = full.sum(axis=kept, keepdims=True).sum(axis=lead)
    assert (summed == exact_gradient("...ij,...jk->...ik", [A, B], [0], g)).all()


@given(case=einsum_cases(), data=st.data())
def test_numpy_accepts_every_adjoint_and_it_is_the_exact_jacobian_times_g(
    case, data, exact_gradient
):
    g = data.draw(arrays(np.shape(eg.einsum(case.string, *case.arrays))))
    for position, array in enumerate(case.arrays):
        derived = eg.adjoint(case.string, position, shapes=case.shapes)
        named = {f"x{place}": x for place, x in enumerate(case.arrays)} | {"g": g}
        operands = derived.numpy_operands(named)
        value = np.einsum(str(derived), *operands)
        assert value.shape == array.shape
        assert (value == exact_gradient(case.string, case.arrays, [position], g)).all()


@given(case=einsum_cases(), data=st.data())
def test_the_adjoint_in_a_named_array_sums_over_all_its_places(case, data, exact_gradient):
    g = data.draw(arrays(np.shape(eg.einsum(case.string, *case.arrays))))
    for name in dict.fromkeys(case.names):
        places = [place for place, other in enumerate(case.names) if other == name]
        derived = eg.adjoint(case.string, name, names=case.names, shapes=case.shapes)
        named = dict(zip(case.names, case.arrays, strict=True)) | {"g": g}
        expected = exact_gradient(case.string, case.arrays, places, g)
        assert (derived.evaluate(named) == expected).all()


def test_an_adjoint_can_be_called_with_arrays_by_name():
    derived = eg.adjoint("mn,n->m", 0, names=("A", "x"))
    assert derived(g=[1.0, 2.0], x=[3.0, 4.0]).tolist() == [[3.0, 4.0], [6.0, 8.0]]


def test_an_adjoint_without_an_array_of_some_size_asks_for_it():
    derived = eg.adjoint("ii->", 0)
    assert (derived.evaluate({"g": 2.0}, {"i": 3}) == 2 * np.eye(3)).all()
    with pytest.raises(eg.ArgumentError, match="size of dim 'i' is not known"):
        derived(g=2.0)


def test_an_adjoint_of_more_than_52_labels_is_derived():
    labels = [("axis", number) for number in range(60)]
    derived = eg.adjoint(eg.equation([labels[:30], labels[20:]], [*labels[:20], *labels[30:]]), 0)
    assert derived.operands == ("g", "x1")
    assert len(set(str(derived)) - set(",->")) == 60
