"""Five networks made in PyTorch (its Linear, its initialisation, autograd, optimiser), different in width, slope, initialisation, precision
and number of epochs, with perturbations made in PyTorch, judged by `lfap compare`; each figure computed again in NumPy, to 1e-10 (TAP)."""
import json, os, sys
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "cli", "lib"), os.path.join(HERE, "lib"), HERE]
from tap import *
from foreign import disagreements, k1, p1
from vectors_numpy import limit

try:
    import torch
except ImportError:
    skip("networks made in PyTorch", "python3-torch is not installed (make cross-torch installs it)")
    done()
torch.manual_seed(20240507)
torch.set_num_threads(1)
N, D, TOLERANCE = 12, 300, 1e-10
RUNS = [  # m, gamma, factor on torch's initialisation, epochs, lr, loss, dtype, norm, eps, k
    (4, 0.9, 1.0, 2000, 0.5, "exp", torch.float64, "l2", 1.0, None),
    (10, 0.5, 0.01, 3000, 0.2, "exp", torch.float64, "linf", 0.05, None),
    (32, 0.2, 1.0, 500, 0.05, "logistic", torch.float64, "l0", 0.4, 15),
    (100, 0.01, 1e-3, 1500, 0.02, "exp", torch.float32, "l2", 0.78, None),
    (20, 0.01, 1.0, 1, 0.01, "exp", torch.float64, "linf", 0.03, None),
]


class Net(torch.nn.Module):
    def __init__(self, m, gamma, factor):
        super().__init__()
        self.hidden = torch.nn.Linear(D, m, bias=False)
        self.activation = torch.nn.LeakyReLU(gamma)
        self.a = torch.cat([torch.ones(m // 2), -torch.ones(m // 2)]) / m**0.5
        with torch.no_grad():
            self.hidden.weight *= factor

    def forward(self, x):
        return self.activation(self.hidden(x)) @ self.a


def trained(m, gamma, factor, epochs, lr, loss, X, y):
    net = Net(m, gamma, factor)
    optimiser = torch.optim.SGD(net.parameters(), lr=lr, momentum=0.9)
    for _ in range(epochs):
        optimiser.zero_grad()
        q = y * net(X)
        (torch.exp(-q) if loss == "exp" else torch.nn.functional.softplus(-q)).mean().backward()
        optimiser.step()
    return net


def perturbed(net, X, t, norm, eps, k):
    """A single step along the gradient, of the largest size the norm allows; sample 5 goes too far, sample 8 nowhere."""
    x = X.clone().requires_grad_(True)
    g, = torch.autograd.grad((t * net(x)).sum(), x)
    if norm == "l2":
        step = eps * torch.nn.functional.normalize(g, dim=1)
    else:
        step = eps * torch.sign(g)
    if norm == "l0":
        step = step * torch.zeros_like(g).scatter(1, torch.topk(g.abs(), k, dim=1).indices, 1)
    step[5] *= 1.01
    step[8] = 0
    return (X + step).detach()


for number, (m, gamma, factor, epochs, lr, loss, dtype, norm, eps, k) in enumerate(RUNS, 1):
    torch.set_default_dtype(dtype)
    name = f"network {number} (m = {m}, gamma = {gamma}, init {factor:g}, {epochs} epochs of {loss}, {str(dtype)[6:]})"
    X = 2 * torch.rand(N, D) - 1
    y = torch.where(torch.arange(N) % 2 == 0, 1.0, -1.0)
    net = trained(m, gamma, factor, epochs, lr, loss, X, y)
    points = perturbed(net, X, -y, norm, eps, k)
    X, y, W, points, Z = (v.double().numpy() for v in (X, y, net.hidden.weight.detach(), points, 2 * torch.rand(500, D) - 1))
    for file, v in (("X", X), ("y", y), ("W", W), ("points", points), ("t", -y), ("Z", Z)):
        put(f"run/{file}.npy", v)
    run = Run("compare", "--data", "run", "--gamma", repr(gamma), "--probe-points", "run/Z.npy", "--adversarial", "run/points.npy",
              "--targets", "run/t.npy", "--norm", norm, "--eps", repr(eps), *(["--k", k] if k else []), "--certify", "--json")
    if not ok(run.code == 0, f"{name}: judged", run):
        continue
    doc = json.loads(run.out)
    w = limit(X, y, gamma)[5]
    for figure, v in k1(W, X, y, gamma, w, Z).items():
        wrong = disagreements({figure: v}, doc["k1"], TOLERANCE)
        ok(not wrong, f"{name}: {figure} = {doc['k1'][figure]}", wrong)
    judged = p1(W, gamma, w, X, points, -y, norm, eps, k, unit=torch.finfo(dtype).eps / 2)
    for figure, v in judged.items():
        wrong = disagreements({figure: v}, doc["perturbations"], TOLERANCE)
        ok(not wrong, f"{name}: perturbations, {figure}", wrong)
    got = doc["perturbations"]
    ok(got["outside"] == 1 and got["unit"] == torch.finfo(dtype).eps / 2 and got["undecided"] == 0 and got["entry" if norm == "l0" else "size"]["max_at"] == 5,
       f"{name}: the perturbation that is too large is named", got["size"])
    ok(got["gain"]["min_at"] == 8 and got["reached"]["min_at"] == 8 and got["reached"]["min"] == 0, f"{name}: the one that is missing is named", got["reached"])
    signs = doc["certified_signs"]["probes"]
    ok(signs["undecided"] == 0 and signs["agree"] / 500 == doc["k1"]["agreement"], f"{name}: the certified signs say the same", signs)
    ok((doc["k1"]["residual"] is None) == (doc["k1"]["margin_min"] <= 0) == (number == 5), f"{name}: a residual where every sample is right", doc["k1"])
done()
