"""Compare random programs with numpy: `python tests/fuzz_expressions.py --count N --seed S`.

Every kind of failure is printed once, with a program that repeats it, and how often it came.
"""

import argparse
import sys
import time
from collections import Counter

from fuzzing.findings import Report, run_seed, run_string


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1000, help="how many programs")
    parser.add_argument("--seed", type=int, default=0, help="the first seed")
    parser.add_argument("--every", action="store_true", help="make all checks of each program")
    parser.add_argument("--dtypes", action="store_true", help="arrays of all dtypes")
    parser.add_argument("--indexing", action="store_true", help="programs that index and join")
    parser.add_argument("--strings", action="store_true", help="einsum strings, not programs")
    parser.add_argument("--each", type=int, default=1, help="examples shown of each kind")
    options = parser.parse_args()
    report, began = Report(), time.process_time()
    for seed in range(options.seed, options.seed + options.count):
        if options.strings:
            run_string(seed, report)
        else:
            choice = {"dtypes": options.dtypes, "indexing": options.indexing}
            run_seed(seed, report, every=options.every, **choice)
    kinds = Counter(finding.kind for finding in report.findings)
    shown = Counter()
    for finding in sorted(report.findings, key=lambda one: len(one.program)):
        if shown[finding.kind] < options.each:
            shown[finding.kind] += 1
            print(f"\n[{kinds[finding.kind]} times] {finding}")
    seconds = time.process_time() - began
    print(f"\n{report.drawn} programs, {report.compared.total()} comparisons, {seconds:.1f} s")
    print("compared:", dict(report.compared))
    print("skipped: ", dict(report.skipped))
    print("slowest: ", [f"{s:.2f} s {seed} {name}" for s, seed, name in report.slowest])
    for kind, count in kinds.most_common():
        print(f"{count:6d}  {kind}")
    return 1 if kinds else 0


if __name__ == "__main__":
    sys.exit(main())
