"""Ctrl-C: exit code 130 within seconds, no output file, nothing half-written, nothing on stdout. (What a training leaves to go on
from: checkpoints.py.)"""
import os, signal, sys, time
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
from tap import *

X, Y = sample(40, 2000)
put("set/X.npy", X), put("set/y.npy", Y), put("set/W.npy", np.random.default_rng(3).standard_normal((60, 2000)) * 0.02)
put("away.npy", -Y)
LONG = {
    "train sgd": ["train", "--method", "sgd", "--epochs", "1000000", "--data", "set", "--gamma", "0.5", "--m", "60", "--checkpoint", "0", "--out", "out"],
    "train gd": ["train", "--method", "gd", "--epochs", "1000000", "--lr", "1e-5", "--data", "set", "--gamma", "0.5", "--m", "60", "--checkpoint", "0", "--out", "out"],
    "train flow": ["train", "--epochs", "1000000", "--rtol", "1e-12", "--atol", "1e-14", "--data", "set", "--gamma", "0.05", "--m", "1000",
                   "--checkpoint", "0", "--out", "out"],
    "perturb pgd": ["perturb", "--norm", "linf", "--from", "pgd", "--steps", "300000", "--eps", "0.01", "--data", "set", "--targets",
                    "away.npy", "--gamma", "0.5", "--out", "out"],
    "verify": ["verify", "--case", "outside", "--n-adv", "1500", "--m", "200", "--json"],
}
for name, args in LONG.items():
    before = tree()
    p = subprocess.Popen([LFAP] + args, stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL)
    time.sleep(1.5)
    running = p.poll() is None
    p.send_signal(signal.SIGINT)
    start = time.monotonic()
    try:
        out, err = p.communicate(timeout=60)
    except subprocess.TimeoutExpired:
        p.kill()
        out, err = p.communicate()
    took = time.monotonic() - start
    ok(running and p.returncode == 130, f"{name}: exit 130", f"running {running}, exit {p.returncode}, {err.decode()}")
    ok(took < 20, f"{name}: stops within seconds", f"{took:.1f} s")
    ok(tree() == before, f"{name}: nothing written", set(tree()) ^ set(before))
    ok(out == b"" and b"interrupt" in err, f"{name}: no result, and told", err.decode())

# what was there before stays as it was
os.makedirs("out")
put("out/W.npy", np.ones(3))
was = open("out/W.npy", "rb").read()
p = subprocess.Popen([LFAP] + LONG["train sgd"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
time.sleep(1)
p.send_signal(signal.SIGINT)
code = p.wait(60)
ok(code == 130 and os.listdir("out") == ["W.npy"] and open("out/W.npy", "rb").read() == was, "an older output is untouched", os.listdir("out"))
done()
