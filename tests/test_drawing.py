"""Pictures: every operand, label and node is drawn, in SVG that parses."""

import subprocess
import sys
from itertools import combinations, pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import assume, given

import einsgrad as eg
from einsgrad.notation.pictures.graph import arrange_graph, box_of, boxes_under
from einsgrad.notation.pictures.library import graphs
from einsgrad.notation.pictures.network import DrawnNetwork
from einsgrad.notation.pictures.svg import MARKED, SHARED, Canvas, Picture, box_size
from einsgrad.strings.subscripts import Subscripts
from einsgrad.testing.expressions import expressions
from einsgrad.testing.strategies import einsum_strings

SVG = "{http://www.w3.org/2000/svg}"
A, x, b = eg.variables("A[m,n] x[n] b[m]")


def shapes(picture, tag):
    return list(ElementTree.fromstring(picture.svg).iter(SVG + tag))


def texts(picture):
    return [shape.text for shape in shapes(picture, "text")]


def discs(picture):
    """Return the place, the fill and the text of each disc, by panel."""
    root = ElementTree.fromstring(picture.svg)
    group = next(shape for shape in root.iter(SVG + "g"))
    panels = [[s for s in group if s.tag != SVG + "g"], *(list(g) for g in group.iter(SVG + "g"))]
    found = []
    for panel in [panels[0], *panels[2:]]:
        pairs = list(pairwise(panel))
        found.append(
            [
                ((c.get("cx"), c.get("cy")), c.get("fill"), t.text)
                for c, t in pairs
                if c.tag == SVG + "circle" and t.tag == SVG + "text"
            ]
        )
    return found


@pytest.mark.parametrize(
    ("einsum", "lines"),
    [
        ("mn,n->m", 2),
        ("ij,jk,kl->il", 4),
        ("ii->", 1),
        ("ij,ij->", 2),
        ("ij->", 2),
        ("bi,bi->b", 4),
        ("i->ii", 3),
        (",->", 0),
    ],
)
def test_a_label_in_two_places_is_one_line_and_in_others_meets_in_a_point(einsum, lines):
    picture = eg.draw(einsum)
    assert len(shapes(picture, "path")) == lines
    assert f'"{einsum}"' in texts(picture)


@given(einsum_strings())
def test_every_operand_and_every_label_of_an_einsum_is_drawn(equation):
    picture = eg.draw(equation)
    (panel,) = discs(picture)
    assert [text for _, _, text in panel] == [f"x{k}" for k in range(equation.count(",") + 1)]
    assert set(equation) - set(",->") <= set(texts(picture))


def test_the_cotangent_takes_the_operands_place():
    picture = eg.draw("ij,jk,kl->il", "B", names=("A", "B", "C"))
    value, adjoint = discs(picture)
    assert [text for _, _, text in value] == ["A", "B", "C"]
    assert [text for _, _, text in adjoint] == ["A", "g", "C"]
    assert [place for place, _, _ in value] == [place for place, _, _ in adjoint]
    assert [fill == MARKED for _, fill, _ in adjoint] == [False, True, False]
    assert not any(fill == MARKED for _, fill, _ in value)


def test_one_array_in_two_places_has_two_adjoints_beside_each_other():
    value, first, second = discs(eg.draw("i,ij,j->", "x", names=("x", "A", "x")))
    assert [text for _, _, text in value] == ["x", "A", "x"]
    assert [text for _, _, text in first] == ["g", "A", "x"]
    assert [text for _, _, text in second] == ["x", "A", "g"]


def test_a_delta_that_remains_is_drawn():
    _, adjoint = discs(eg.draw("ii->", 0, names=("A",)))
    assert [text for _, _, text in adjoint] == ["g", "δ"]


def test_what_the_value_and_the_derivative_share_is_drawn_once():
    picture = eg.draw(eg.sum(eg.softplus(A @ x)), x)
    assert {"E", "∂E/∂x", "softplus", "sigmoid", "mn,n->m", "A", "x"} <= set(texts(picture))
    assert texts(picture).count("mn,n->m") == 1
    filled = [shape.get("fill") for shape in shapes(picture, "rect")]
    assert filled.count(SHARED) == 2
    assert "∂Y/∂x" in texts(eg.draw(A @ x, x))


@given(expressions())
def test_every_node_of_an_expression_is_drawn_once_and_no_two_overlap(expr):
    boxes = boxes_under([expr])
    assume(len(boxes) < 60)
    for node, box in boxes.items():
        assert all(used in boxes for used in box.uses)
        assert box == box_of(node)
    widths = {node: box_size(box.text)[0] for node, box in boxes.items()}
    places = arrange_graph(boxes, widths).places
    rows = {}
    for node, (across, height) in places.items():
        rows.setdefault(height, []).append((across - widths[node] / 2, across + widths[node] / 2))
        assert all(places[used][1] > height for used in boxes[node].uses)
    for row in rows.values():
        assert all(right < left for (_, right), (left, _) in pairwise(sorted(row)))
    assert len(shapes(eg.draw(expr), "rect")) == len(boxes) + 1


def test_long_chains_are_drawn_and_too_many_nodes_refused():
    chain = x
    for _ in range(250):
        chain = eg.tanh(chain)
    assert texts(eg.draw(chain)).count("tanh") == 250
    for _ in range(100):
        chain = eg.tanh(chain)
    with pytest.raises(eg.ArgumentError, match="more than 300 nodes"):
        eg.draw(chain)


def test_names_are_escaped():
    canvas = Canvas()
    canvas.box((0, 0), "<script>&")
    (text,) = texts(Picture(canvas.svg()))
    assert text == "<script>&"
    assert "<script>" not in canvas.svg()
    einsum = eg.equation([["<a>"], ["<a>", "&"]], ["&"])
    assert ElementTree.fromstring(eg.draw(einsum).svg) is not None


def test_a_picture_is_shown_in_notebooks_and_saved(tmp_path):
    picture = eg.draw("mn,n->m")
    picture.save(tmp_path / "product.svg")
    assert (tmp_path / "product.svg").read_text(encoding="utf-8") == picture.svg
    assert picture._repr_svg_() == str(picture) == picture.svg


def test_pictures_are_the_same_in_every_run():
    command = [sys.executable, "-c", "import einsgrad as eg; print(eg.draw('ij,jk,ki->', 1))"]
    first, second = (
        subprocess.run(command, capture_output=True, text=True, check=True, encoding="utf-8").stdout
        for _ in range(2)
    )
    assert first == second != ""


def test_wrong_calls_are_refused(monkeypatch):
    with pytest.raises(eg.ArgumentError, match="names are for einsum strings"):
        eg.draw(A @ x, names=("A",))
    with pytest.raises(eg.ArgumentTypeError):
        eg.draw(A @ x, "A")
    with pytest.raises(eg.SubscriptsError):
        eg.draw("ij->k")
    monkeypatch.setattr("einsgrad.notation.pictures.library.find_spec", lambda name: None)
    with pytest.raises(eg.ArgumentError, match="pip install"):
        graphs()


def test_a_network_of_operands_without_labels_is_drawn():
    network = DrawnNetwork(Subscripts(((), ()), ()), ("a", "b"), ",->")
    assert list(network.lines()) == []


def complete(count):
    """Return the network of so many operands, each joined with every other."""
    edges = {pair: chr(ord("a") + k) for k, pair in enumerate(combinations(range(count), 2))}
    lists = ("".join(edges[e] for e in edges if k in e) for k in range(count))
    return ",".join(lists) + "->"


CROWDED = [
    *(complete(3), complete(4), complete(5), complete(6)),
    *("pq,qr,rs,sp->", "pqrs,pqrs->", "pqrst,pqrst,u->u", "pp->", "ppqq->", "ppqqrr->p"),
    *("ppq,qrr->", "p,p,p->", "p,p,p,p->p", "pq->pqqp", "ab,bc,cd,de,ef,fa,ad,be,cf->"),
    *("i,j,k,l->ijkl", "->", ",->"),
]


@pytest.mark.parametrize("string", CROWDED)
def test_no_text_of_a_network_stands_upon_another(string):
    placed = [(float(t.get("x")), float(t.get("y")), len(t.text)) for t in texts_of(string)]
    for one, other in combinations(placed, 2):
        apart = abs(one[0] - other[0]) >= 4 * (one[2] + other[2]) or abs(one[1] - other[1]) >= 11
        assert apart, (one, other)


def texts_of(string):
    return shapes(eg.draw(string), "text")
