"""Networks of other frameworks as the network of the theory: no bias, output weights +1/sqrt(m) and -1/sqrt(m)."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ._arrays import Array, doubles
from ._c import DataError
from ._records import Record


@dataclass(frozen=True, repr=False, eq=False)
class Exported(Record):
    """W (m x d), rows of positive output weight first; order[j] is the framework's number of row j; gamma where it was found."""

    W: Array
    gamma: float | None
    order: npt.NDArray[np.intp]


def only(what: str, found: Mapping[str, Any], wanted: str) -> tuple[str, Any]:
    if len(found) != 1:
        raise DataError(f"{what}: {len(found)} of them ({', '.join(found) or 'none'}); this network has one, {wanted}")
    return next(iter(found.items()))


def no_bias(biases: Mapping[str, npt.ArrayLike]) -> None:
    for name, b in biases.items():
        if np.any(np.asarray(b) != 0):
            raise DataError(f"{name}: a bias that is not 0; the theory's network has none: train with bias=False")


def ordered(name: str, hidden: npt.ArrayLike, out_name: str, output: npt.ArrayLike, gamma: float | None) -> Exported:
    """hidden m x d, output m weights."""
    W, unit = doubles(name, hidden)
    v, out_unit = doubles(out_name, output)
    v = v.reshape(-1)
    m = len(W)
    if v.size != m:
        raise DataError(f"{out_name}: {v.size} output weights for the {m} neurons of {name}; this network has one output, no other layer")
    if m % 2 or (v > 0).sum() != m // 2:
        raise DataError(f"{out_name}: {(v > 0).sum()} of {m} output weights are positive; half of them have to be")
    size = 1 / np.sqrt(m)
    off = np.abs(np.abs(v) - size) > 4 * max(unit, out_unit, 2.0**-53) * size
    if off.any():
        j = int(np.flatnonzero(off)[0])
        raise DataError(f"{out_name}: weight {j} is {v[j]:g}; output weights are fixed at +-1/sqrt(m) = {size:g}. Equal ones of size c: "
                        "multiply the hidden weights by c sqrt(m), which changes no output")
    order = np.concatenate([np.flatnonzero(v > 0), np.flatnonzero(v < 0)])
    return Exported(np.ascontiguousarray(W[order]), gamma, order)
