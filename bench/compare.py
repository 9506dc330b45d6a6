"""Two runs of `make bench` side by side (`make bench-compare OLD=old.json`): which ratios became worse.

    compare.py OLD.json NEW.json

Ratios are compared, never seconds. Exit code 1 when one fell by more than a fifth; noise of shared machines stays below that
in medians of five, and what it does not is worth a second run.
"""
import json
import sys

TOLERANCE = 0.8


def figures(path):
    document = json.load(open(path))
    key = lambda f: (f["benchmark"], f.get("name"), str(f.get("size", "")), f.get("threads", 1))
    return {key(f): f["ratio"] for f in document["figures"] if f.get("ratio") is not None}


def main():
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    old, new = figures(sys.argv[1]), figures(sys.argv[2])
    worse = 0
    for key in sorted(old.keys() | new.keys(), key=str):
        what = f"{key[0]}: {key[1]} {key[2]}, {key[3]} threads"
        if key not in new or key not in old:
            print(f"{'gone' if key not in new else 'new':10s} {what}")
            continue
        change = new[key] / old[key] if old[key] else float("inf")
        verdict = "WORSE" if change < TOLERANCE else "better" if change > 1 / TOLERANCE else "same"
        worse += verdict == "WORSE"
        print(f"{verdict:10s} {what}: {old[key]:.2f} -> {new[key]:.2f}")
    print(f"{worse} of {len(old.keys() & new.keys())} ratios fell by more than {100 * (1 - TOLERANCE):.0f} %")
    return 1 if worse else 0


sys.exit(main())
