"""Networks from Flax. Nothing here imports it: parameters are nested dictionaries of arrays."""
from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from ._export import Exported, no_bias, only, ordered


def _leaves(params: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in params.items():
        where = f"{path}/{name}" if path else str(name)
        yield from _leaves(value, where) if isinstance(value, Mapping) else [(where, np.asarray(value))]


def export(params: Mapping[str, Any], gamma: float | None = None, output: npt.ArrayLike | None = None) -> Exported:
    """The hidden layer of Flax parameters: of the kernels d x m and m x 1 the first, transposed, rows of positive output weight first.

    Of a model `x -> Dense(1, use_bias=False)(leaky_relu(Dense(m, use_bias=False)(x), gamma))` whose second kernel is fixed at
    +-1/sqrt(m); where the output weights are no parameters, they are given.

    >>> import numpy as np, lfap
    >>> kernel, out = np.arange(12.0).reshape(3, 4), np.array([[-.5], [.5], [.5], [-.5]])
    >>> net = lfap.flax.export({"params": {"Dense_0": {"kernel": kernel}, "Dense_1": {"kernel": out}}}, gamma=0.1)
    >>> net.W.shape, net.order.tolist()
    ((4, 3), [1, 2, 0, 3])
    """
    leaves = dict(_leaves(params))
    no_bias({n: a for n, a in leaves.items() if n.rsplit("/", 1)[-1] == "bias"})
    weights = {n: a for n, a in leaves.items() if n.rsplit("/", 1)[-1] != "bias"}
    kernels = {n: a for n, a in weights.items() if a.ndim == 2 and a.shape[1] > 1}
    name, hidden = only("params: kernels of more than one column", kernels, "the hidden layer's, d x m")
    if output is not None:
        return ordered(name, hidden.T, "output", output, gamma)
    out_name, out = only("params: other kernels", {n: a for n, a in weights.items() if n not in kernels},
                         "the output's, m x 1; where the parameters have none, give output=")
    return ordered(name, hidden.T, out_name, out, gamma)
