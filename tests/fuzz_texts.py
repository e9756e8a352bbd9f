"""Put random texts through the readers: `python tests/fuzz_texts.py --count N --seed S`."""

import argparse
import sys
import time
from collections import Counter

from fuzzing.doors import DOORS, troubles


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1000, help="how many texts for each door")
    parser.add_argument("--seed", type=int, default=0, help="the first seed")
    parser.add_argument("--slow", type=float, default=2.0, help="seconds that are too many")
    parser.add_argument("--door", choices=DOORS, action="append", help="one door only")
    options = parser.parse_args()
    seeds = range(options.seed, options.seed + options.count)
    kinds, shown = Counter(), Counter()
    for door in options.door or DOORS:
        began = time.process_time()
        found = troubles(door, seeds, slow=options.slow)
        print(f"{door}: {len(seeds)} texts, {time.process_time() - began:.1f} s")
        for trouble in sorted(found, key=lambda one: len(str(one.given))):
            kinds[door, trouble.kind] += 1
            shown[trouble.kind] += 1
            if shown[trouble.kind] <= 2:
                print(f"  {trouble.kind}, {trouble.seconds:.1f} s: {ascii(trouble.given)[:300]}")
    for (door, kind), count in kinds.most_common():
        print(f"{count:6d}  {door}: {kind}")
    return 1 if kinds else 0


if __name__ == "__main__":
    sys.exit(main())
