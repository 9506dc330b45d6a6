"""Networks from Flax. Nothing here imports it: parameters are nested dictionaries of arrays."""
from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy.typing as npt

from ._arrays import array
from ._c import DataError
from ._export import Exported, exported, only


def _leaves(params: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in params.items():
        where = f"{path}/{name}" if path else str(name)
        yield from _leaves(value, where) if isinstance(value, Mapping) else [(where, array(where, value))]


def export(params: Mapping[str, Any], gamma: float | None = None, output: npt.ArrayLike | None = None) -> Exported:
    """The layers of Flax parameters: of the kernels d x m and m x 1 the first, transposed, and the biases.

    Of a model `x -> Dense(1)(leaky_relu(Dense(m)(x), gamma))`, with or without biases; where the output weights are no parameters, they
    are given. Where they are +-1/sqrt(m) the rows of positive ones come first; an output bias becomes a neuron that is always 1.

    >>> import numpy as np, lfap
    >>> kernel, out = np.arange(12.0).reshape(3, 4), np.array([[-.5], [.5], [.5], [-.5]])
    >>> net = lfap.flax.export({"params": {"Dense_0": {"kernel": kernel}, "Dense_1": {"kernel": out}}}, gamma=0.1)
    >>> net.W.shape, net.order.tolist()
    ((4, 3), [1, 2, 0, 3])
    """
    if not isinstance(params, Mapping):
        raise DataError(f"params: {type(params).__name__}; give nested dictionaries of arrays, such as "
                        '{"Dense_0": {"kernel": d x m}, "Dense_1": {"kernel": m x 1}}')
    leaves = dict(_leaves(params))
    biases = {n: a for n, a in leaves.items() if n.rsplit("/", 1)[-1] == "bias"}
    weights = {n: a for n, a in leaves.items() if n not in biases}
    kernels = {n: a for n, a in weights.items() if a.ndim == 2 and a.shape[1] > 1}
    name, hidden = only("params: kernels of more than one column", kernels, "the hidden layer's, d x m")
    if output is not None:
        return exported(name, hidden.T, "output", output, gamma, biases)
    out_name, out = only("params: other kernels", {n: a for n, a in weights.items() if n not in kernels},
                         "the output's, m x 1; where the parameters have none, give output=")
    return exported(name, hidden.T, out_name, out, gamma, biases)
