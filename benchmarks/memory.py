"""The memory of one Hessian: `python -m benchmarks.memory WHO ROWS` prints it as JSON."""

from __future__ import annotations

import json
import resource
import sys
import time
import tracemalloc
from pathlib import Path

from benchmarks.hessians import HESSIANS, LIBRARIES, hessian_call
from benchmarks.measure import arrays_of

STATUS = Path("/proc/self/status")


def resident_peak() -> int:
    """Return the bytes that the process held at most.

    Linux counts them for this program alone in /proc; `ru_maxrss` starts from the parent's.
    """
    if STATUS.exists():
        lines = dict(line.split(":", 1) for line in STATUS.read_text().splitlines())
        return int(lines["VmHWM"].split()[0]) * 1024
    scale = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * scale


def main(who: str, rows: str) -> None:
    row = next(row for row in HESSIANS if row.name == "factorisation, U and U")
    hessian_call(row, "m4 n4 r2", who)()  # what a first call loads is not counted
    call = hessian_call(row, f"m{rows} n{rows} r5", who)
    before, start = resident_peak(), time.process_time()
    (result,) = arrays_of(call())
    seconds = time.process_time() - start
    resident = resident_peak() - before
    size = result.nbytes
    del result
    allocated = 0
    if who not in LIBRARIES:  # these do not report to tracemalloc
        tracemalloc.start()
        call()
        allocated = tracemalloc.get_traced_memory()[1]
    sizes = {"result": size, "resident": resident, "allocated": allocated}
    print(json.dumps({**sizes, "seconds": seconds}))


if __name__ == "__main__":
    main(*sys.argv[1:])
