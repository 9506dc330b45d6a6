"""Networks from PyTorch. Nothing here imports it: what has state_dict() and modules() is taken."""
from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from ._c import DataError
from ._export import Exported, exported, only


def _numbers(tensor: Any) -> Any:
    for step in ("detach", "cpu"):
        tensor = getattr(tensor, step)() if hasattr(tensor, step) else tensor
    if str(getattr(tensor, "dtype", "")) == "torch.bfloat16":
        tensor = tensor.float()  # NumPy has no bfloat16; singles hold it
    return np.asarray(tensor.numpy() if hasattr(tensor, "numpy") else tensor)


def _slope(model: Any) -> float | None:
    """Of the one leaky ReLU there is."""
    slopes = {float(m.negative_slope) for m in model.modules() if hasattr(m, "negative_slope")} if hasattr(model, "modules") else set()
    if len(slopes) > 1:
        raise DataError(f"model: leaky ReLUs of slopes {sorted(slopes)}; this network has one hidden layer")
    return slopes.pop() if slopes else None


def export(model: Any, output: npt.ArrayLike | None = None) -> Exported:
    """The layers of a model as `lfap.compare` and the command line take them.

    The output weights are those of the state (a vector, or a matrix of one row), or are given; where they are +-1/sqrt(m), the rows of
    positive ones come first. An output bias becomes a neuron that is always 1. Further layers are refused. In full:

    >>> import math, torch, lfap
    >>> class Net(torch.nn.Module):
    ...     def __init__(self, d, m, gamma):
    ...         super().__init__()
    ...         self.hidden = torch.nn.Linear(d, m, bias=False)
    ...         self.phi = torch.nn.LeakyReLU(gamma)
    ...         sign = torch.ones(m)
    ...         sign[m // 2:] = -1
    ...         self.register_buffer("output", sign / math.sqrt(m))
    ...     def forward(self, x):
    ...         return self.phi(self.hidden(x)) @ self.output
    >>> net = lfap.torch.export(Net(500, 4, 0.1))
    >>> net.W.shape, net.gamma
    ((4, 500), 0.1)
    >>> data = lfap.gen("uniform", n=4, d=500)
    >>> 0 <= lfap.compare(data.X, data.y, net.W, net.gamma).agreement <= 1
    True

    With biases and an output layer of its own:

    >>> free = torch.nn.Sequential(torch.nn.Linear(500, 5), torch.nn.LeakyReLU(0.1), torch.nn.Linear(5, 1))
    >>> net = lfap.torch.export(free)
    >>> got = lfap.compare(data.X, data.y, net.W, net.gamma, output_weights=net.output_weights, bias=net.bias, output_trained=True, points=data.X)
    >>> with torch.no_grad():
    ...     bool(np.allclose(got.outputs, free(torch.tensor(data.X).float())[:, 0], atol=1e-5))
    True
    """
    state = {name: _numbers(t) for name, t in model.state_dict().items()}
    matrices = {n: a for n, a in state.items() if a.ndim == 2 and a.shape[0] > 1}
    rest = {n: a for n, a in state.items() if n not in matrices}
    biases = {n: a for n, a in rest.items() if n.rsplit(".", 1)[-1] == "bias"}
    name, hidden = only("model: matrices of weights", matrices, "the hidden layer, m x d")
    if output is not None:
        return exported(name, hidden, "output", output, _slope(model), biases)
    vectors = {n: a for n, a in rest.items() if n not in biases and a.size > 1}
    out_name, out = only("model: vectors of weights", vectors, "the output's; where the state has none, give output=")
    return exported(name, hidden, out_name, out, _slope(model), biases)
