"""Runs the benchmarks, prints a table of ratios, writes them as JSON (`make bench`).

    run.py BUILD OUT.json [--quick] [--only NAME,NAME]

Every benchmark is a program of its own that prints one JSON line a figure. A figure that compares has `ours_s` and `peer_s`,
medians of interleaved repetitions in one process or one run, and `ratio` = peer_s/ours_s, the speed of ours in units of the
peer's: above 1, ours is faster. A peer that is not installed is told and left out. No absolute time here means anything on
another machine, or on this one tomorrow.
"""
import json
import os
import platform
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
PYTHON = sys.executable


def programs(build):
    """name, command, what --quick adds"""
    b = os.path.join(build, "bench")
    return [
        ("kernels", [os.path.join(b, "kernels")], ["3", "1000"]),
        ("limit", [PYTHON, os.path.join(HERE, "limit_svc.py"), build], ["--quick"]),
        ("train", [PYTHON, os.path.join(HERE, "train_torch.py"), build], ["--quick"]),
        ("certificate", [os.path.join(b, "certificate")], ["--quick"]),
        ("growth", [PYTHON, os.path.join(HERE, "growth.py"), os.path.join(b, "grow")], ["--quick"]),
        ("pipeline", [PYTHON, os.path.join(HERE, "pipeline.py"), build], ["--quick"]),
    ]


def lines_of(name, command):
    """The figures of one program; what it says besides goes through."""
    found = []
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    for line in process.stdout:
        try:
            figure = json.loads(line)
            assert isinstance(figure, dict)
        except (ValueError, AssertionError):
            print("  " + line.rstrip(), flush=True)
            continue
        figure["benchmark"] = name
        found.append(figure)
        print("  " + describe(figure), flush=True)
    if process.wait() != 0:
        raise SystemExit(f"bench: {name} failed (exit {process.returncode}): {' '.join(command)}")
    return found


def describe(f):
    size = str(f.get("size", ""))
    head = f"{f.get('name', '?'):44s} {size:22s}"
    if "exponent" in f:
        return f"{head} exponent {f['exponent']:5.2f}, expected {f['expected']}; peak {f['peak_bytes'] / 1e6:.0f} MB, formula {f['formula_bytes'] / 1e6:.0f} MB"
    if f.get("ratio") is not None:
        return f"{head} {f.get('threads', 1)} threads  {f['ratio']:8.2f} x {f.get('peer', 'peer')}"
    rest = ", ".join(f"{k} {v}" for k, v in f.items() if k not in ("name", "size", "benchmark"))
    return f"{head} {rest}"


def machine():
    model = ""
    for line in open("/proc/cpuinfo"):
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    return {"cpu": model, "cores": os.cpu_count(), "system": platform.platform()}


def main():
    args = [a for a in sys.argv[1:] if not a.startswith("--")]
    only = args[2].split(",") if "--only" in sys.argv else None
    if len(args) < 2:
        raise SystemExit(__doc__)
    figures = []
    for name, command, quick in programs(args[0]):
        if only and name not in only:
            continue
        print(name, flush=True)
        figures += lines_of(name, command + (quick if "--quick" in sys.argv else []))
    with open(args[1] + ".tmp", "w") as out:
        json.dump({"schema_version": 1, "machine": machine(), "figures": figures}, out, indent=1)
        out.write("\n")
    os.replace(args[1] + ".tmp", args[1])
    print(f"bench: {len(figures)} figures in {args[1]}")


main()
