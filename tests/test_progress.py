"""How far long work is, is shown to persons only."""

import io
import sys
from types import SimpleNamespace
from typing import ClassVar

import numpy as np
import pytest

import einsgrad as eg
from einsgrad.cli import terminal
from einsgrad.testing.finite_differences import entry_differences


class Bar:
    """Stands for tqdm; remembers what it was told."""

    made: ClassVar[list] = []

    def __init__(self, entries, description, total, **options):
        self.entries = entries
        self.made.append((description, total, options))

    def __iter__(self):
        return iter(self.entries)


@pytest.fixture
def bars(monkeypatch):
    monkeypatch.setitem(sys.modules, "tqdm", SimpleNamespace(tqdm=Bar))
    monkeypatch.setattr("einsgrad.progress.find_spec", lambda name: object())
    monkeypatch.setattr(Bar, "made", [])
    return Bar.made


def test_differences_of_a_long_check_show_how_far_they_are(bars):
    point = np.arange(6.0).reshape(2, 3)
    plain = entry_differences(np.sum, point, "complex step")
    assert np.array_equal(entry_differences(np.sum, point, "complex step", progress=True), plain)
    assert bars == [("finite differences", 6, {"leave": False, "delay": 1})]


def test_a_check_shows_progress_when_asked(bars):
    assert eg.check_grads("mn,n->m", order=1).derivatives == 2
    assert bars == []
    assert eg.check_grads("mn,n->m", order=1, progress=True).derivatives == 2
    assert len(bars) == 2


def test_progress_without_its_library_is_refused(monkeypatch):
    monkeypatch.setattr("einsgrad.progress.find_spec", lambda name: None)
    with pytest.raises(eg.ArgumentError, match="pip install"):
        eg.check_grads("mn,n->m", progress=True)


@pytest.mark.parametrize("is_terminal", [True, False])
def test_the_command_line_shows_progress_on_a_terminal_only(bars, monkeypatch, is_terminal):
    stream = io.StringIO()
    stream.isatty = lambda: is_terminal
    monkeypatch.setattr(sys, "stderr", stream)
    assert terminal.shows_progress() is is_terminal
