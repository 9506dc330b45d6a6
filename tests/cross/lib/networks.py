"""Small networks trained in NumPy the way people train them in PyTorch: uniform initialisation by fan-in, full batches, Adam, the logistic
loss; biases, output layers fixed or learned, any order of the rows. With LFAP_TRAINER=torch PyTorch itself trains them."""
import os

import numpy as np


def phi(z, gamma):
    return np.where(z > 0, z, gamma * z)


def outputs(net, X):
    return phi(X @ net["W"].T + net["b"], net["gamma"]) @ net["v"]


def setting(m):
    return np.where(np.arange(m) < m // 2, 1.0, -1.0) / np.sqrt(m)


def train(X, y, gamma, v, seed, bias=False, learn=False, epochs=300, lr=0.03):
    """A network dict: W, b (zeros without a bias), v, gamma."""
    r = np.random.default_rng(seed)
    (N, d), m = X.shape, len(v)
    params = [r.uniform(-1, 1, (m, d)) / np.sqrt(d), r.uniform(-1, 1, m) / np.sqrt(d) * bias, v.copy()]
    moving = [True, bias, learn]
    first, second = [np.zeros_like(p) for p in params], [np.zeros_like(p) for p in params]
    for t in range(1, epochs + 1):
        W, b, v = params
        z = X @ W.T + b
        slope = np.where(z > 0, 1, gamma)
        pull = -y / (1 + np.exp(np.clip(y * ((z * slope) @ v), -50, 50))) / N
        dz = pull[:, None] * slope * v
        for k, g in enumerate((dz.T @ X, dz.sum(0), (z * slope).T @ pull)):
            if moving[k]:
                first[k] = 0.9 * first[k] + 0.1 * g
                second[k] = 0.999 * second[k] + 0.001 * g * g
                params[k] = params[k] - lr * (first[k] / (1 - 0.9**t)) / (np.sqrt(second[k] / (1 - 0.999**t)) + 1e-8)
    return {"W": params[0], "b": params[1], "v": params[2], "gamma": gamma}


def train_torch(X, y, gamma, v, seed, bias=False, learn=False, epochs=300, lr=0.03):
    """The same by PyTorch's Linear, initialisation, autograd and Adam, in doubles."""
    import torch
    torch.manual_seed(seed)
    torch.set_default_dtype(torch.float64)
    X, y, v = (torch.tensor(np.asarray(a, float)) for a in (X, y, v))
    hidden, phi = torch.nn.Linear(X.shape[1], len(v), bias=bias), torch.nn.LeakyReLU(gamma)
    out = torch.nn.Parameter(v.clone(), requires_grad=learn)
    optimiser = torch.optim.Adam([*hidden.parameters(), *([out] if learn else [])], lr=lr)
    for _ in range(epochs):
        optimiser.zero_grad()
        torch.nn.functional.softplus(-y * (phi(hidden(X)) @ out)).mean().backward()
        optimiser.step()
    numbers = lambda t: t.detach().numpy().copy()
    return {"W": numbers(hidden.weight), "b": numbers(hidden.bias) if bias else np.zeros(len(v)), "v": numbers(out), "gamma": gamma}


if os.environ.get("LFAP_TRAINER") == "torch":
    train = train_torch


def samples(kind, N, d, seed):
    """uniform noise, two clouds, a ring around a cloud (no linear boundary), and images: positive entries with a common mean."""
    r = np.random.default_rng(seed)
    y = np.where(np.arange(N) % 2, -1.0, 1.0)
    r.shuffle(y)
    if kind == "uniform":
        return 2 * r.random((N, d)) - 1, y
    if kind == "clouds":
        return r.standard_normal((N, d)) + 0.8 * np.outer(y, r.standard_normal(d)), y
    if kind == "ring":
        X = r.standard_normal((N, d))
        return X / np.linalg.norm(X, axis=1, keepdims=True) * np.where(y > 0, 1.0, 2.5)[:, None], y
    return r.random((N, d)) + 0.4 * np.outer(y, r.standard_normal(d)) / np.sqrt(d), y
