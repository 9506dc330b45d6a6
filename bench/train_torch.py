"""One epoch of the authors' sgd: lfap's Gram form against PyTorch in doubles, in the same run, interleaved.

    train_torch.py BUILD [--quick] [--threads N] [--repeat R] [--case NAME]

Peer: torch.nn.Linear (no bias) in float64, fixed output weights, leaky_relu(0.01), mean exponential loss, full batch,
torch.optim.SGD with momentum 0.9, ReduceLROnPlateau: zero_grad, forward, backward, step, schedule. Ours: bench/train_epoch.c,
timed between the epochs of one run. Three cases: random initial weights, N = d, and a start whose slopes all match the
labels. One JSON line a case: name, size [d, m, N], threads, ours_s, peer_s (medians over the repetitions), ratio = peer_s/ours_s;
the same in processor time of all threads (_cpu_s), which other work on the machine disturbs less; and ours_gram_s, what lfap does once before the first epoch (Gram matrix, first product).
Without torch: one line that says so."""
import argparse, json, os, statistics, subprocess, sys, time

import numpy as np

arg = argparse.ArgumentParser()
arg.add_argument("--quick", action="store_true", help="small sizes")
arg.add_argument("--threads", type=int, default=os.cpu_count())
arg.add_argument("--repeat", type=int, default=5)
arg.add_argument("build", help="where make put bench/train_epoch")
arg.add_argument("--case", default="", help="only cases whose name contains this")
arg = arg.parse_args()
try:
    import torch
except ImportError:
    print(json.dumps({"name": "sgd epoch", "skipped": "python3-torch is not installed (apt-get install python3-torch)"}))
    sys.exit(0)
torch.set_num_threads(arg.threads)
os.environ["OPENBLAS_NUM_THREADS"] = str(arg.threads)  # read by a BLAS that torch calls but does not steer
exe = os.path.join(arg.build, "bench", "train_epoch")


class Peer:
    """The authors' training loop."""

    def __init__(self, d, m, n):
        r = np.random.Generator(np.random.Philox(key=1))
        self.X = torch.from_numpy(2 * r.random((n, d)) - 1)
        self.y = torch.from_numpy(np.where(r.random(n) >= 0.5, 1.0, -1.0))
        self.net = torch.nn.Linear(d, m, bias=False, dtype=torch.float64)
        self.a = torch.where(torch.arange(m) < m // 2, 1.0, -1.0).double() / m**0.5
        self.sgd = torch.optim.SGD(self.net.parameters(), lr=0.01, momentum=0.9)
        self.schedule = torch.optim.lr_scheduler.ReduceLROnPlateau(self.sgd)

    def epochs(self, count):
        begin, cpu = time.perf_counter(), time.process_time()
        for _ in range(count):
            self.sgd.zero_grad()
            f = torch.nn.functional.leaky_relu(self.net(self.X), 0.01) @ self.a
            loss = torch.exp(-self.y * f).mean()
            loss.backward()
            self.sgd.step()
            self.schedule.step(loss.item())
        return (time.perf_counter() - begin) / count, (time.process_time() - cpu) / count


def ours(size, epochs, start):
    out = subprocess.run([exe, *map(str, size), str(epochs), str(arg.threads), "gram", start], capture_output=True, text=True, check=True)
    return json.loads(out.stdout)


# name, (d, m, N), start, our epochs a repetition, the peer's
CASES = [("sgd epoch, random start", (10000, 1000, 1000), "random", 12, 2),
         ("sgd epoch, aligned", (10000, 1000, 1000), "aligned", 100, 2),
         ("sgd epoch, random start, N = d", (10000, 1000, 10000), "random", 3, 1)]
if arg.quick:
    CASES = [("sgd epoch, random start", (2000, 100, 200), "random", 50, 10), ("sgd epoch, aligned", (2000, 100, 200), "aligned", 100, 10),
             ("sgd epoch, random start, N = d", (500, 100, 500), "random", 50, 10)]

peers = {}
for name, size, start, mine, theirs in CASES:
    if arg.case not in name:
        continue
    if size not in peers:
        peers.clear()
        peers[size] = Peer(*size)
        peers[size].epochs(1)  # the first allocates the momentum buffers
    us, them, cpu, gram, aligned = [], [], [], [], []
    for _ in range(arg.repeat):
        r = ours(size, mine, start)
        us.append(r["epoch_s"]), cpu.append(r["epoch_cpu_s"]), gram.append(r["before_s"]), aligned.append(r["aligned"])
        them.append(peers[size].epochs(theirs))
    a, c = statistics.median(us), statistics.median(cpu)
    b, d = (statistics.median(t) for t in zip(*them))
    print(json.dumps({"name": name, "size": list(size), "threads": arg.threads, "repetitions": arg.repeat, "ours_s": a, "peer_s": b, "ratio": b / a,
                      "ours_cpu_s": c, "peer_cpu_s": d, "ratio_cpu": d / c, "ours_gram_s": statistics.median(gram), "aligned": all(aligned),
                      "peer": f"torch {torch.__version__} double"}), flush=True)
