"""HTML for notebooks: tables, texts and parts that open on a click. All text is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape


def table_html(columns: Sequence[str], rows: Iterable[Sequence[str]], footer: str = "") -> str:
    """Write a table; the text is escaped.

    Examples
    --------
    >>> table_html(["step"], [["a < b"]])
    '<table><thead><tr><th>step</th></tr></thead><tbody><tr><td>a &lt; b</td></tr></tbody></table>'
    """
    head = "".join(f"<th>{escape(column)}</th>" for column in columns)
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows
    )
    end = f"<p>{escape(footer)}</p>" if footer else ""
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{end}"


def text_html(text: str) -> str:
    """Write text with its line breaks and columns."""
    return f"<pre>{escape(text)}</pre>"


def formula_html(latex: str) -> str:
    """Write a formula that notebooks typeset, on a line of its own.

    Examples
    --------
    >>> formula_html("a < b")
    '<p>$a &lt; b$</p>'
    """
    return f"<p>${escape(latex)}$</p>"


def block_html(latex: str) -> str:
    """Write an `align*` block that notebooks typeset.

    Examples
    --------
    >>> block_html("a &= b")
    '<div>a &amp;= b</div>'
    """
    return f"<div>{escape(latex)}</div>"


def details_html(summary: str, content: str, *, opened: bool = False) -> str:
    """Write a part that opens on a click; the summary is escaped, the content is HTML."""
    attribute = " open" if opened else ""
    return f"<details{attribute}><summary>{escape(summary)}</summary>{content}</details>"


def list_html(lines: Sequence[tuple[str, str]]) -> str:
    """Write formulas between dollar signs, which notebooks typeset, each with a reason.

    Examples
    --------
    >>> list_html([("$a < b$", "given")])
    '<ol><li>$a &lt; b$ <em>given</em></li></ol>'
    """
    items = (f"<li>{escape(text)} <em>{escape(reason)}</em></li>" for text, reason in lines)
    return f"<ol>{''.join(items)}</ol>"


def steps_html(rows: Sequence[tuple[str, str, Sequence[tuple[str, str]]]]) -> str:
    """Write the steps of a derivation, each with its rule; what lies between opens on a click.

    Parameters
    ----------
    rows
        The formula and the rule of each step, and the formulas and rules that lead to it, if
        there are several.
    """
    items = []
    for formula, rule, between in rows:
        line = f"{escape(formula)} <em>{escape(rule)}</em>"
        items.append(
            f"<li>{line}{details_html('steps', list_html(between)) if between else ''}</li>"
        )
    return f"<ol>{''.join(items)}</ol>"
