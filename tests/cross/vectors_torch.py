"""The test vectors of `lfap vectors` recomputed in PyTorch (TAP): its own layers, autograd, optimiser and solver, in double precision,
on the inputs of the vectors (X, y, W0, Z, B, t). Run it on a directory of vectors, or without one on fresh ones.

Tolerances, relative to an array's largest entry: 1e-12 for sums (at most 2000 terms: 2000 * 2^-53 = 2e-13 at the very worst), 1e-11 for
what depends on lambda (the condition number of Q is below 30), 1e-6 for projected gradient descent, where the last place may decide
whether delta shrinks by the 1e-7 of the projection; 0 for inputs and what is copied from them."""
import os, sys
import numpy as np

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
from vectors import main

try:
    import torch
except ImportError:
    print("ok 1 - torch # SKIP python3-torch is not installed (make cross-torch installs it)\n1..1")
    sys.exit(0)
torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)


class Net(torch.nn.Module):
    """Section 1: a Linear without bias, leaky ReLU, and fixed output weights."""

    def __init__(self, W, gamma):
        super().__init__()
        m, d = W.shape
        self.hidden, self.activation = torch.nn.Linear(d, m, bias=False), torch.nn.LeakyReLU(gamma)
        self.hidden.weight.data.copy_(W)
        self.a = torch.cat([torch.ones(m // 2), -torch.ones(m // 2)]) / m**0.5

    def forward(self, x):
        return self.activation(self.hidden(x)) @ self.a


def limit(X, y, gamma):
    """C2: the dual of (CP), by dropping and taking back constraints one at a time; slopes gamma first, then 1. Q is the first block."""
    G, n = X @ X.T, len(y)
    s, t = torch.cat([torch.full((n,), gamma), torch.ones(n)]), y.repeat(2)
    S = torch.stack([torch.where(t > 0, torch.ones(2 * n), -s), torch.where(t > 0, -s, torch.ones(2 * n))], 1)
    M, support = S @ S.T / 2 * G.repeat(2, 2), s < 1
    while True:
        l = torch.zeros(2 * n)
        l[support] = torch.cholesky_solve(torch.ones(int(support.sum()), 1), torch.linalg.cholesky(M[support][:, support]))[:, 0]
        wrong = torch.nonzero(torch.where(support, l < 0, M @ l < 1 - 1e-12))
        if len(wrong) == 0:
            break
        support[wrong[-1]] ^= True
    alpha, beta = l[:n], l[n:]
    omega = alpha + 2 * beta / (1 + gamma)
    return G, M[:n, :n], alpha + beta, gamma * alpha + beta, omega, X.T @ (omega * y)


def direction(norm, w, k):
    if norm == "l2":
        return torch.nn.functional.normalize(w, dim=0)
    e = torch.sign(w)
    if norm == "l0":
        e = torch.zeros_like(w).index_copy(0, torch.topk(w.abs(), k).indices, e[torch.topk(w.abs(), k).indices])
    return e


def pgd(norm, net, x0, t, eps, steps, bounded):
    """Section 6 for all samples at once; the iterate of strictly lowest loss is kept."""
    clamp = (lambda v: v.clamp(-1, 1)) if bounded else (lambda v: v)
    order = 2 if norm == "l2" else float("inf")
    size = lambda v: torch.linalg.vector_norm(v, order, dim=1, keepdim=True)
    x, best, kept = x0.clone(), torch.full((len(t),), float("inf")), x0.clone()
    for i in range(steps + 1):
        x = x.detach().requires_grad_(True)
        loss = torch.exp(-t * net(x))
        better = loss.detach() < best
        best, kept = torch.where(better, loss.detach(), best), torch.where(better[:, None], x.detach(), kept)
        g, = torch.autograd.grad(loss.sum(), x)
        x = x.detach()
        if norm == "l0":
            changed = x != x0
            rows = torch.arange(len(t))
            changed[rows, torch.where(changed, torch.tensor(-1.0), g.abs()).argmax(1)] = True
            g = torch.where(changed, g, torch.tensor(0.0))
            x = clamp(x - eps * g / g.abs().amax(1, keepdim=True).clamp(min=1e-12))
        else:
            delta = x - eps / 5 * g / size(g).clamp(min=1e-12) - x0
            x = clamp(x0 + delta * torch.where(size(delta) > eps, eps / (size(delta) + 1e-7), torch.tensor(1.0)))
    return kept


def recompute(case, m):
    """Every array of a case: name -> (array, tolerance)."""
    given = {a: torch.from_numpy(np.load(os.path.join(case, a + ".npy"))) for a in ("X", "y", "W0", "Z", "B", "t")}
    X, y, W0, Z, B, t = given.values()
    gamma, out, width = m["gamma"], {a: (v.numpy(), 0) for a, v in given.items()}, m["sizes"]["m"] ** 0.5
    put = lambda tolerance, **arrays: out.update({a: (v.detach().numpy(), tolerance) for a, v in arrays.items()})
    G, Q, lam, bent, omega, w = limit(X, y, gamma)
    put(1e-12, G=G, Q=Q)
    put(1e-11, w=w, f_bdy=Z @ w, u=X.T @ (torch.where(y > 0, lam, bent) * y) / width, v=-X.T @ (torch.where(y > 0, bent, lam) * y) / width, omega=omega, **{"lambda": lam})
    net, f, losses = Net(W0, gamma), [], []
    sgd = torch.optim.SGD(net.parameters(), lr=m["lr"], momentum=0.9)
    for epoch in range(1, m["sizes"]["epochs"] + 1):
        sgd.zero_grad()
        f.append(net(X))
        losses.append(torch.exp(-y * f[-1]).mean())
        losses[-1].backward()
        sgd.step()
        put(1e-12, **{f"W{epoch}": net.hidden.weight.clone()})
    put(1e-12, sgd_loss=torch.stack(losses), sgd_lr=torch.full((len(losses),), m["lr"]), sgd_f=torch.stack(f + [net(X)]), f=net(Z))
    for norm in ("l2", "linf", "l0"):
        eps, e = m["eps"][norm], direction(norm, w, m["sizes"]["k"])
        eta = eps * t[:, None] * e
        _, _, la, _, om, w_adv = limit(B + eta, t, gamma)
        attacked = pgd(norm, net, B, t, eps, m["sizes"]["pgd_steps"], m["kind"] == "uniform")
        put(1e-11 if norm == "l0" else 1e-6, **{f"{norm}_pgd": attacked})
        put(1e-11, **{f"{norm}_eta": eta, f"{norm}_X": B + eta, f"{norm}_lambda": la, f"{norm}_w": w_adv, f"{norm}_f_adv": Z @ w_adv,
                      f"{norm}_omega": om, f"{norm}_T_data": Z @ (B.T @ (om * t)), f"{norm}_T_pert": eps * om.sum() * (Z @ e)})
    return out


if __name__ == "__main__":
    main("torch", recompute)
