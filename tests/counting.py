"""How much a piece of work is, counted in calls and bytes: the same on every machine."""

import gc
import sys
import tracemalloc


def calls_in(work, *arguments):
    """The number of Python functions that some work calls."""
    count = 0

    def counted(frame, event, argument):
        nonlocal count
        count += event == "call"

    gc.collect()
    # What is alive now is not looked through by the next collection.
    gc.freeze()
    before = sys.getprofile()
    sys.setprofile(counted)
    try:
        work(*arguments)
    finally:
        sys.setprofile(before)
    return count


def bytes_in(work, *arguments, **named):
    """The most that some work allocates at a time, once it has been done before."""
    work(*arguments, **named)
    tracemalloc.start()
    try:
        work(*arguments, **named)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
