"""The bugs that the tests are tried on have a place in the code, as it is now."""

import pytest
from plant_bugs import BUGS, ROOT


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_the_text_that_a_bug_replaces_stands_once(bug):
    assert (ROOT / bug.file).read_text(encoding="utf-8").count(bug.right) == 1
