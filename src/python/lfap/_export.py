"""Networks of other frameworks as `lfap.compare` takes them: a hidden layer, its biases, one output."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ._arrays import Array, doubles, slope
from ._c import DataError
from ._records import Record


@dataclass(frozen=True, repr=False, eq=False)
class Exported(Record):
    """W (m x d), gamma where it was found; order[j] is the framework's number of row j, -1 of a neuron that stands for an output bias.

    output_weights (m) is None where they are the theory's, +1/sqrt(m) for the first half of the rows and -1/sqrt(m) for the second (the
    rows are ordered so then). bias (m) is None where there is none. Both go to `lfap.compare` under their names.
    """

    W: Array
    gamma: float | None
    order: npt.NDArray[np.intp]
    output_weights: Array | None = None
    bias: Array | None = None


def only(what: str, found: Mapping[str, Any], wanted: str) -> tuple[str, Any]:
    if len(found) != 1:
        raise DataError(f"{what}: {len(found)} of them ({', '.join(found) or 'none'}); this network has one, {wanted}")
    return next(iter(found.items()))


def _finite(name: str, value: npt.ArrayLike) -> tuple[Array, float]:
    a, unit = doubles(name, value)
    wrong = np.argwhere(~np.isfinite(a))
    if len(wrong):
        raise DataError(f"{name}: entry {wrong[0].tolist()} is {a[tuple(wrong[0])]}; weights and biases are finite numbers")
    return a, unit


def _setting(v: Array, unit: float) -> bool:
    """Output weights of the theory: +-1/sqrt(m), half of them positive."""
    size = 1 / np.sqrt(len(v))
    return len(v) % 2 == 0 and int((v > 0).sum()) == len(v) // 2 and bool((np.abs(np.abs(v) - size) <= 4 * max(unit, 2.0**-53) * size).all())


def _biases(biases: Mapping[str, npt.ArrayLike], hidden: str, m: int) -> tuple[Array | None, float]:
    """Of the hidden layer (None: all 0), and of the output."""
    own, last = None, 0.0
    for name, value in biases.items():
        b = _finite(name, value)[0].reshape(-1)
        if name.startswith(hidden) and b.size == m:
            own = b if b.any() else None
        elif b.size == 1:
            last = float(b[0])
        elif b.any():
            raise DataError(f"{name}: {b.size} biases; this network has those of its m = {m} hidden neurons and one of its output")
    return own, last


def exported(name: str, hidden: npt.ArrayLike, out_name: str, output: npt.ArrayLike, gamma: float | None,
             biases: Mapping[str, npt.ArrayLike]) -> Exported:
    """hidden m x d, output m weights; biases by name, those of the hidden layer begin with the layer's."""
    gamma = None if gamma is None else slope(gamma)
    W, unit = _finite(name, hidden)
    v, out_unit = _finite(out_name, output)
    v, m = v.reshape(-1), len(W)
    if v.size != m:
        raise DataError(f"{out_name}: {v.size} output weights for the {m} neurons of {name}; this network has one output, no other layer")
    bias, c = _biases(biases, name.rsplit(".", 1)[0].rsplit("/", 1)[0], m)
    order = np.arange(m)
    if c != 0:  # a neuron that is always 1
        W, v, order = np.vstack([W, np.zeros(W.shape[1])]), np.append(v, c), np.append(order, -1)
        bias = np.append(np.zeros(m) if bias is None else bias, 1.0)
    elif _setting(v, max(unit, out_unit)):
        order = np.concatenate([np.flatnonzero(v > 0), np.flatnonzero(v < 0)])
        return Exported(np.ascontiguousarray(W[order]), gamma, order, None, None if bias is None else bias[order])
    return Exported(np.ascontiguousarray(W), gamma, order, v, bias)
