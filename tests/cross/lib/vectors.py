"""Compares what an implementation recomputes with the arrays of `lfap vectors`, and says it in TAP."""
import json, os, subprocess, sys, tempfile
import numpy as np

LFAP = os.path.abspath(os.path.join(os.environ.get("BUILD", "build"), "lfap"))


def cases(top):
    return sorted(e for e in os.listdir(top) if os.path.isdir(os.path.join(top, e)))


def compare(case, own):
    """(name, agrees, difference relative to the largest entry) of each array, which must say the same as NPY and as hex floats;
    `own` gives name -> (array, tolerance)."""
    names = {f[:-4] for f in os.listdir(case) if f.endswith(".npy")}
    for name in sorted(names ^ set(own)):
        yield name + " is not on both sides", False, np.inf
    for name, (mine, tolerance) in own.items():
        theirs = np.load(os.path.join(case, name + ".npy"))
        text = [[float.fromhex(v) for v in line.split()] for line in open(os.path.join(case, name + ".hex"))]
        same = text == np.atleast_2d(theirs).tolist() and theirs.shape == mine.shape
        far = abs(mine - theirs).max() / abs(mine).max() if same else np.inf
        yield name, far <= tolerance, far


def main(label, recompute):
    """Checks the directory named on the command line, or fresh vectors. recompute(directory, its meta.json) gives `own`."""
    with tempfile.TemporaryDirectory() as scratch:
        top, count, bad = sys.argv[1] if len(sys.argv) > 1 else scratch, 0, 0
        if len(sys.argv) < 2:
            subprocess.run([LFAP, "vectors", "--quiet", "--out", top], check=True, stdout=subprocess.DEVNULL)
        for name in cases(top):
            case = os.path.join(top, name)
            for array, agrees, far in compare(case, recompute(case, json.load(open(os.path.join(case, "meta.json"))))):
                count, bad = count + 1, bad + (not agrees)
                print(f"{'ok' if agrees else 'not ok'} {count} - {label}, {name}: {array} ({far:.1e})")
    print(f"1..{count}")
    sys.exit(bad > 0)
