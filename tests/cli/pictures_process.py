"""gnuplot as a process: interrupted at any moment, killed with its parent, disks that fill up, an environment full of traps, planted
files. A picture is there whole or not at all, and its set of files is of one run."""
import json, os, re, resource, shutil, signal, sys, time, zlib, xml.etree.ElementTree as xml
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
from tap import *

CLEAN = dict(os.environ)
GNUPLOT = shutil.which("gnuplot")


def png_whole(b):
    """Chunk by chunk, with their check sums, to IEND and no further."""
    at, name = 8, b""
    while b[:8] == b"\x89PNG\r\n\x1a\n" and len(b) - at >= 12 and name != b"IEND":
        n, name = int.from_bytes(b[at:at + 4], "big"), b[at + 4:at + 8]
        if zlib.crc32(b[at + 4:at + 8 + n]) != int.from_bytes(b[at + 8 + n:at + 12 + n], "big"):
            return False
        at += 12 + n
    return name == b"IEND" and at == len(b)


def read(path):
    with open(path, "rb") as f:
        return f.read()


def whole(path):
    if path.endswith(".png"):
        return png_whole(read(path))
    try:
        return not path.endswith(".svg") or xml.fromstring(read(path)) is not None
    except xml.ParseError:
        return False


def all_whole(folder):
    return all(whole(os.path.join(folder, f)) for f in os.listdir(folder))


def children(pid):
    """Processes whose parent is pid."""
    found = []
    for p in filter(str.isdigit, os.listdir("/proc")):
        try:
            if int(read(f"/proc/{p}/stat").rsplit(b")", 1)[1].split()[1]) == pid:
                found.append(int(p))
        except (OSError, IndexError):
            pass
    return found


def alive(pid):
    try:
        return read(f"/proc/{pid}/stat").rsplit(b")", 1)[1].split()[0] != b"Z"
    except OSError:
        return False


def fake(folder, text):
    """A directory with a gnuplot of this text, to be put before the others on the PATH."""
    put(f"{folder}/gnuplot", ("#!/bin/sh\n" + text).encode())
    os.chmod(f"{folder}/gnuplot", 0o755)
    return dict(CLEAN, PATH=os.path.abspath(folder) + ":" + CLEAN["PATH"])


Run("gen", "uniform", "--n", "12", "--d", "60", "--seed", "1", "--out", "run/data")
Run("train", "--data", "run/data", "--gamma", "0.5", "--m", "6", "--out", "run/net")
SPECTRUM = ["plot", "spectrum", "--data", "run/data", "--gamma", "0.5", "--out", "out"]
MAP = ["map", "--data", "run/data", "--weights", "run/net/W.npy", "--gamma", "0.5", "--grid", "60", "--out", "out"]
REPORT = ["report", "run", "--gamma", "0.5", "--out", "out"]

# ---- Ctrl-C at moments spread over a run, sent to the whole group as a terminal does: 130 and nothing, or done and everything
for name, args, moments in (("plot", SPECTRUM, 8), ("map", MAP, 8), ("report", REPORT, 12)):
    shutil.rmtree("out", True)
    start = time.monotonic()
    r = Run(*args)
    took, files = time.monotonic() - start, sorted(os.listdir("out"))
    bad, codes = [], []
    for k in range(moments):
        shutil.rmtree("out", True)
        p = subprocess.Popen([LFAP] + args, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, start_new_session=True)
        time.sleep(0.01 + (took * 0.9) * k / moments)
        try:
            os.killpg(p.pid, signal.SIGINT)
        except ProcessLookupError:
            pass
        try:
            said = p.communicate(timeout=30)[1].decode()
        except subprocess.TimeoutExpired:
            p.kill()
            said = p.communicate()[1].decode() + "hangs"
        codes.append(p.returncode)
        left = sorted(os.listdir("out")) if os.path.isdir("out") else []
        want = {130: [], 0: files, -2: []}.get(p.returncode)  # -2: before the program had begun
        if left != want or (p.returncode == 130 and "interrupt" not in said):
            bad.append((k, p.returncode, left, said))
    ok(not bad and codes.count(130) >= moments // 3, f"{name}: {moments} moments of Ctrl-C: 130 and nothing left, or done", (codes, bad[:3]))

# ---- a gnuplot that does not listen, and one that leaves a child behind: both are ended, with everything they started
DEAF = "trap '' TERM INT HUP\necho $$ > $MARK\nwhile :; do sleep 0.2; done\n"
for name, text, by, want in (("deaf", DEAF, [signal.SIGINT], (130,)), ("with a child", "sleep 1000 &\necho $! > $MARK\nwait\n", [signal.SIGINT], (130,)), ("ended by SIGTERM", DEAF, [signal.SIGTERM], (143,)),
                             ("ended by SIGHUP", DEAF, [signal.SIGHUP], (129,)), ("stopped twice", DEAF, [signal.SIGINT, signal.SIGINT], (130, -2))):
    shutil.rmtree("out", True)
    mark = os.path.abspath("mark")
    if os.path.exists(mark):
        os.remove(mark)
    env = fake("fake", text.replace("$MARK", mark))
    p = subprocess.Popen([LFAP] + SPECTRUM, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, env=env)
    for _ in range(200):
        if os.path.exists(mark) and read(mark).strip():
            break
        time.sleep(0.02)
    pid = int(read(mark))
    was = alive(pid)
    for sig in by:
        p.send_signal(sig)
        time.sleep(0.1)
    try:
        p.communicate(timeout=20)
    except subprocess.TimeoutExpired:
        p.kill()
        p.communicate()
    for _ in range(100):
        if not alive(pid):
            break
        time.sleep(0.02)
    left = os.listdir("out") if os.path.isdir("out") else []
    ok(was and p.returncode in want and not alive(pid) and (not left or p.returncode == -2 and left[0].startswith(".lfap-")), f"a gnuplot {name}: it goes, {want[0]}", (p.returncode, alive(pid), left))
    if alive(pid):
        os.kill(pid, signal.SIGKILL)

# ---- kill -9 of lfap: gnuplot goes too, an older set of files stays as it was, at most the private directory is left
shutil.rmtree("out", True)
Run(*REPORT)
before = {f: read(f"out/{f}") for f in os.listdir("out")}
mark = os.path.abspath("mark9")
env = fake("fake", f"echo $$ > {mark}\nexec sleep 1000\n")
p = subprocess.Popen([LFAP] + REPORT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, env=env)
for _ in range(200):
    if os.path.exists(mark) and read(mark).strip():
        break
    time.sleep(0.02)
pid = int(read(mark))
was = alive(pid)
p.kill(), p.wait()
for _ in range(100):
    if not alive(pid):
        break
    time.sleep(0.02)
left = set(os.listdir("out")) - set(before)
ok(was and not alive(pid), "kill -9: gnuplot goes with its parent", pid)
ok(all(read(f"out/{f}") == b for f, b in before.items()) and len(left) == 1 and all(f.startswith(".lfap-") and os.stat(f"out/{f}").st_mode & 0o77 == 0 for f in left),
   "kill -9: the older files are whole and of one run; one private directory is left", left)
if alive(pid):
    os.kill(pid, signal.SIGKILL)

# ---- no room for a picture: a limit on the size of files stands for a full disk; at every size, 74 with the reason or whole
shutil.rmtree("out", True)
Run(*SPECTRUM)
sizes = {f: os.path.getsize(f"out/{f}") for f in os.listdir("out")}
small = max(v for f, v in sizes.items() if f.endswith((".csv", ".gp")))
large = max(sizes.values())
seen = []
for limit in sorted({small + 1 + (large - small) * k // 7 for k in range(7)} | {large - 1, large}):
    shutil.rmtree("out", True)
    p = subprocess.run([LFAP] + SPECTRUM, capture_output=True, stdin=subprocess.DEVNULL, restore_signals=False,
                       preexec_fn=lambda: (signal.signal(signal.SIGXFSZ, signal.SIG_IGN), resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))))
    left = os.listdir("out") if os.path.isdir("out") else []
    seen.append((limit, p.returncode, left, p.stderr.decode()))
ok(all(code == 74 and not left and "File too large" in said and ".lfap-" not in said for _, code, left, said in seen[:-1]) and seen[-1][1] == 0 and sorted(seen[-1][2]) == sorted(sizes),
   f"no room: {len(seen)} sizes of {large} bytes: 74, the reason, nothing left; or whole", "\n".join(map(str, seen)))
for name, text in (("cuts the PNG off", f"{GNUPLOT} \"$@\"\ntruncate -s -12 spectrum.png\n"), ("loses a piece of it", f"{GNUPLOT} \"$@\"\ndd if=/dev/zero of=spectrum.png bs=1 seek=3000 count=8 conv=notrunc 2>&1\n"),
                   ("cuts the SVG off", f"{GNUPLOT} \"$@\"\ntruncate -s -8 spectrum.svg\n"), ("loses a piece of it too", f"{GNUPLOT} \"$@\"\ngrep -v -m1 '</g>' spectrum.svg > t\nsed -i '0,/<\\/g>/s///' spectrum.svg\n"),
                   ("draws one of two", f"{GNUPLOT} \"$@\"\nrm spectrum.png\n"), ("puts a link in its place", f"{GNUPLOT} \"$@\"\nmv spectrum.png other\nln -s other spectrum.png\n")):
    shutil.rmtree("out", True)
    r = Run(*SPECTRUM, env=fake("fake", text))
    ok(r.code == 74 and "spectrum." in r.err and not os.path.exists("out"), f"a gnuplot that {name}: 74, nothing left", r)
r = Run(*SPECTRUM, env=fake("fake", "kill -SEGV $$\n"))
ok(r.code == 74 and "signal 11" in r.err and not os.path.exists("out"), "a gnuplot that dies: 74 and the signal", r)

# ---- calls that fail in the middle of a report: never a part left out in silence, all files as they were (a gnuplot that copies)
Run("limit", "--data", "run/data", "--gamma", "0.5", "--out", "run/limit")
put("run/report.json", Run("verify", "--json", "--data", "run/data", "--gamma", "0.5", "--m", "4", "--controls", "1", "--probes", "3").out.encode())
Run("sweep", "--d", "20,30", "--n", "3", "--n-adv", "4", "--out", "run/table")
shutil.rmtree("out", True)
Run(*REPORT)
shutil.copytree("out", "drawn")
env = dict(fake("copies", "b=${2%.gp}\ncp " + os.path.abspath("drawn") + "/${b#./}.[sp][vn]g .\n"), LD_PRELOAD=shim())
usual, new = Run(*REPORT, env=dict(env, LFAP_FAULT_COUNT="counts")), {f: read(f"out/{f}") for f in os.listdir("out")}
total = {w[0]: int(w[1]) for w in map(str.split, open("counts"))}
for kind, codes in (("memory", {65}), ("open", {74}), ("read", {74}), ("rename", {73}), ("write", {74})):
    bad, n = [], total[kind]
    for k in sorted({1 + (n - 1) * i // 7 for i in range(8)}):
        shutil.rmtree("out", True), os.makedirs("out"), put("out/index.html", b"old"), put("out/map.csv", b"old")
        r = Run(*REPORT, "--threads", "1", env=dict(env, LFAP_FAULT=f"{kind}:{k}"))
        now = {f: read(f"out/{f}") if os.path.isfile(f"out/{f}") else None for f in os.listdir("out")}
        if not (r.code == 0 and now == new or r.code in codes and now == {"index.html": b"old", "map.csv": b"old"} or kind == "write" and "stdout" in r.err and now == new):
            bad.append(f"{kind}:{k}: exit {r.code}, {sorted(now)}, {r.err[-300:]}")
    ok(usual.code == 0 and not bad, f"report: a {kind} call of {n} fails: all of it, or nothing and {codes}", "\n".join(bad))

# ---- an environment full of traps changes no byte
shutil.rmtree("out", True)
Run(*SPECTRUM)
want = {f: read(f"out/{f}") for f in os.listdir("out")}
os.makedirs("home", exist_ok=True)
put("home/.gnuplot", b"set title 'trap'\nset terminal dumb\nexit\n"), put("home/.fonts.conf", b"<fontconfig>")
traps = dict(CLEAN, GNUTERM="qt", GNUPLOT_DEFAULT_GDFONT="none", GNUPLOT_FONTPATH="/nonexistent", GDFONTPATH="/nonexistent", GNUPLOT_PS_DIR="/nonexistent", GNUPLOT_LIB="/nonexistent",
             GNUPLOT_DRIVER_DIR="/nonexistent", HOME=os.path.abspath("home"), LC_ALL="de_DE.UTF-8", LANG="C", COLUMNS="1", DISPLAY=":77", FIT_SCRIPT="exit")
shutil.rmtree("out", True)
r = Run(*SPECTRUM, env=traps)
ok(r.code == 0 and {f: read(f"out/{f}") for f in os.listdir("out")} == want, "GNUTERM, font paths, a start-up file: the same bytes", r)
p = subprocess.run([LFAP] + SPECTRUM + ["--quiet"], stderr=subprocess.PIPE, env=CLEAN, close_fds=True, preexec_fn=lambda: (os.close(0), os.close(1), os.close(2)) if shutil.rmtree("out", True) is None else 0)
ok({f: read(f"out/{f}") for f in os.listdir("out")} == want, "closed descriptors: the same bytes", p.returncode)
shutil.rmtree("out")
env = fake("fake", "env | cut -d= -f1 | sort > " + os.path.abspath("seen") + "\n(readlink /proc/$$/fd/0 /proc/$$/fd/1) >> " + os.path.abspath("seen") + f"\nexec {GNUPLOT} \"$@\"\n")
r = Run(*SPECTRUM, env=dict(env, SECRET="1"))
names = read("seen").decode().split()
ok(r.code == 0 and set(names) - {"PWD", "SHLVL", "_", "OLDPWD"} == {"PATH", "HOME", "LC_ALL", "/dev/null"} and names.count("/dev/null") == 2, "gnuplot sees three settings, and no input", names)

# ---- names: what is no plain word is refused; directories may be called anything
for name in ("-e", "-x", "--help", "-", "a/b", "../a", "a b", "a'b", 'a"b', "a\\b", "a\nb", "é", b"\xff", "`id`", "$(id)", "a" * 41, "", "."):
    before = tree()
    p = subprocess.run([LFAP] + SPECTRUM + ["--name", name], capture_output=True, stdin=subprocess.DEVNULL)
    ok(p.returncode == 64 and b"--name" in p.stderr and tree() == before, f"--name {name!r:.30}: refused", p.stderr)
for name in ("-e", "--help", "a b", "it's", 'a "b"', "a\\b", "a\nb", "é", b"\xff\xfe", "$(id)", "`id`", "deep/-x/y"):
    path = name if isinstance(name, bytes) else name.encode()
    p = subprocess.run([LFAP] + SPECTRUM[:-1] + [os.path.join(b"./" if path[:1] == b"-" else b"", path)], capture_output=True, stdin=subprocess.DEVNULL)
    got = {os.fsdecode(f): read(os.path.join(path, f)) for f in os.listdir(path)} if os.path.isdir(path) else {}
    ok(p.returncode == 0 and got == want, f"--out {name!r}: the same files", p.stderr)

# ---- planted links are not followed, a place that is no file is refused before anything is changed
shutil.rmtree("out", True), os.makedirs("out")
put("precious", b"precious")
for f in ("spectrum.svg", "spectrum.png", "spectrum.csv", "spectrum.gp"):
    os.symlink("../precious", f"out/{f}")
r = Run(*SPECTRUM)
ok(r.code == 0 and read("precious") == b"precious" and {f: read(f"out/{f}") for f in os.listdir("out")} == want and not any(os.path.islink(f"out/{f}") for f in want), "planted links are replaced, not followed", r)
os.remove("out/spectrum.png"), os.makedirs("out/spectrum.png"), put("out/spectrum.csv", b"mine")
before = tree("out")
r = Run(*SPECTRUM)
ok(r.code == 73 and "spectrum.png" in r.err and set(tree("out")) == set(before) and read("out/spectrum.csv") == b"mine", "a directory in its place: 73, the others untouched", r)
done()
