"""The golden outputs and test vectors on every platform (builds.py), or on those that are named:

    tests/golden/portable.py [--list] [NAME...]

A build that stays is used again ($BUILD/portable/NAME). The last line counts outputs, platforms and differences; exit code 1:
a bit differs, or a build fails that should not, or does not fail that should."""
import os
import shutil
import subprocess
import sys
import time

import builds
import suite

TOP = os.path.join(os.path.abspath(os.environ.get("BUILD", "build")), "portable")


def vectors(build, program, work):
    """SHA-256 of the arrays of `lfap vectors`, as in vectors.txt."""
    out = os.path.join(work, "vectors")
    shutil.rmtree(out, True)
    subprocess.run([*build.run, program, "vectors", "--quiet", "--out", out], check=True, stdout=subprocess.DEVNULL)
    return suite.digests(out)


def one(build, reference, golden):
    """(outputs, differing); prints what is wrong."""
    start = time.time()
    work = os.path.join(TOP, build.name.replace(" ", "_").replace(",", ""))
    try:
        program, words = builds.make(build, work, TOP)
    except (RuntimeError, subprocess.CalledProcessError) as e:
        program, words = None, str(e)
    if not program:
        print(f"portable: {build.name}: does not build\n" + words[-3000:], flush=True)
        return 0, 1
    try:
        pairs = builds.differing(build, builds.results(build, program, work), reference)
    except (RuntimeError, subprocess.CalledProcessError) as e:
        print(f"portable: {build.name}: does not run: {e}", flush=True)
        return 0, 1
    if build.whole:
        seen = vectors(build, program, work)
        pairs += [(name, seen.get(name) == golden.get(name)) for name in sorted(set(seen) | set(golden))]
    wrong = [name for name, same in pairs if not same]
    print(f"portable: {build.name:28} {len(pairs):4} outputs, {len(wrong)} differing, {time.time() - start:.0f} s", flush=True)
    for name in wrong:
        print(f"portable: {build.name}: {name} has other bits")
    return len(pairs), len(wrong)


def refused(build):
    """1 where it is built all the same, or fails for another reason."""
    work = os.path.join(TOP, build.name.replace(" ", "_").replace(",", ""))
    program, words = builds.make(build, work, TOP)
    good = not program and builds.REASON in words
    print(f"portable: {build.name:28} {'refused, with the reason' if good else 'NOT REFUSED'}", flush=True)
    return not good


def main(names):
    known = [b.name for b in builds.TABLE + builds.REFUSED]
    if names == ["--list"]:
        print("\n".join(known))
        return 0
    unknown = [name for name in names if name not in known]
    if unknown:
        print(f"portable: {unknown[0]!r} is no platform; --list names them", file=sys.stderr)
        return 64
    chosen = [b for b in builds.TABLE if not names or b.name in names]
    whole = any(b.whole for b in chosen)
    reference, golden = (suite.run(suite.binary()), suite.golden_digests()) if whole else ({}, {})
    counts = [one(b, reference, golden) for b in chosen]
    wrong = sum(c[1] for c in counts) + sum(refused(b) for b in builds.REFUSED if not names or b.name in names)
    print(f"portable: {sum(c[0] for c in counts)} outputs on {len(counts)} platforms, {wrong} differing")
    return 1 if wrong else 0


sys.exit(main(sys.argv[1:]))
