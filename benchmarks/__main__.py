"""Run the benchmarks: `python -m benchmarks [--quick] [--only forms ...] [--markdown FILE]`."""

from __future__ import annotations

import argparse
import importlib
import sys
import time
from pathlib import Path

from benchmarks.measure import FULL, QUICK, one_core
from benchmarks.report import Report, machine

BENCHMARKS = (
    "forms",
    "gradients",
    "hessians",
    "networks",
    "selectors",
    "likelihoods",
    "function_calls",
    "array_libraries",
    "builds",
    "growth",
)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer rounds and sizes")
    parser.add_argument("--only", nargs="+", choices=BENCHMARKS, default=BENCHMARKS)
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write the tables to a file")
    options = parser.parse_args()
    command = " ".join(["python -m benchmarks", *sys.argv[1:]])
    one_core()
    start = time.perf_counter()
    print("\n".join(machine(command)))
    report = Report(QUICK if options.quick else FULL)
    for name in options.only:
        importlib.import_module(f"benchmarks.{name}").run(report)
    if options.markdown:
        options.markdown.write_text(report.markdown(command))
    print(f"\n{time.perf_counter() - start:.0f} s in all")
    for what in report.wrong:
        print(what)
    return 1 if report.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
