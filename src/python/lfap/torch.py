"""Networks from PyTorch. Nothing here imports it: what has state_dict() and modules() is taken."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy.typing as npt

from ._arrays import array, slope
from ._c import DataError
from ._export import Exported, exported, only


def _numbers(name: str, tensor: Any) -> npt.NDArray[Any]:
    try:
        for step in ("detach", "cpu"):
            tensor = getattr(tensor, step)() if hasattr(tensor, step) else tensor
        if str(getattr(tensor, "dtype", "")) == "torch.bfloat16":
            tensor = tensor.float()  # NumPy has no bfloat16; singles hold it
        return array(name, tensor.numpy() if hasattr(tensor, "numpy") else tensor)
    except (TypeError, RuntimeError) as e:  # a sparse tensor, one without numbers
        raise DataError(f"{name}: this {type(tensor).__name__} has no numbers for NumPy ({e}); give a dense tensor of real numbers") from None


def _state(model: Any) -> Mapping[str, Any]:
    if isinstance(model, type) or not callable(getattr(model, "state_dict", None)):
        got = "the class, not a model of it" if isinstance(model, type) else f"{type(model).__name__}, which has no state_dict()"
        raise DataError(f"model: {got}; give a torch.nn.Module, such as Sequential(Linear(d, m), LeakyReLU(gamma), Linear(m, 1))")
    state = model.state_dict()
    if not isinstance(state, Mapping):
        raise DataError(f"model: state_dict() returns {type(state).__name__}; a torch.nn.Module returns its tensors by name")
    return state


def _slope(model: Any) -> float | None:
    """Of the one leaky ReLU there is."""
    slopes = {slope(m.negative_slope) for m in model.modules() if hasattr(m, "negative_slope")} if hasattr(model, "modules") else set()
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
    state = {str(name): _numbers(str(name), t) for name, t in _state(model).items()}
    matrices = {n: a for n, a in state.items() if a.ndim == 2 and a.shape[0] > 1}
    rest = {n: a for n, a in state.items() if n not in matrices}
    biases = {n: a for n, a in rest.items() if n.rsplit(".", 1)[-1] == "bias"}
    name, hidden = only("model: matrices of weights", matrices, "the hidden layer, m x d")
    if output is not None:
        return exported(name, hidden, "output", output, _slope(model), biases)
    vectors = {n: a for n, a in rest.items() if n not in biases and a.size > 1}
    out_name, out = only("model: vectors of weights", vectors, "the output's; where the state has none, give output=")
    return exported(name, hidden, out_name, out, _slope(model), biases)
