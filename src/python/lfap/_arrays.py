"""Numbers in: any dtype, order and stride that means one thing; the rest is refused with the reason."""
from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from ._c import Call, DataError, UsageError, lib

Array = npt.NDArray[np.float64]


def array(name: str, value: Any) -> npt.NDArray[Any]:
    """NumPy's array of it, or why there is none."""
    try:
        a = np.asarray(value)
    except (ValueError, TypeError, RuntimeError) as e:
        raise DataError(f"{name}: NumPy makes no array of this {type(value).__name__} ({e}); give an array of real numbers") from None
    if a.dtype.kind == "O":
        raise DataError(f"{name}: NumPy makes an array of objects of this {type(value).__name__}; give an array of real numbers")
    return a


def slope(gamma: Any) -> float:
    try:
        g = float("nan" if isinstance(gamma, (str, bytes)) else gamma)
    except (ValueError, TypeError, RuntimeError):
        g = float("nan")
    if not 0 < g < 1:
        raise DataError(f"gamma={gamma!r}: the leaky slope is a number inside (0, 1)")
    return g


def doubles(name: str, value: npt.ArrayLike) -> tuple[Array, float]:
    """The same numbers as doubles in C order, and the unit roundoff of their dtype, 0 where that is exact."""
    if isinstance(value, np.ma.MaskedArray):
        raise DataError(f"{name}: a masked array; fill it, or leave the masked samples out")
    a = array(name, value)
    if a.dtype.kind not in "fiu" or a.dtype.itemsize > 8:
        raise DataError(f"{name}: dtype {a.dtype}; give real numbers that doubles hold, such as .astype('float64')")
    out = np.ascontiguousarray(a, dtype=np.float64)
    if a.dtype.kind != "f":
        if a.dtype.itemsize == 8 and (np.abs(out) > 2.0**53).any():
            raise DataError(f"{name}: dtype {a.dtype} with entries above 2^53, which doubles do not hold; convert it yourself")
        return out, 0.0
    return out, float(np.finfo(a.dtype).eps) / 2


def matrix(k: Call, name: str, value: npt.ArrayLike, columns: int | None = None, *, ranged: bool = False) -> Array:
    """Finite rows, of `columns` entries; with `ranged` also of norms in which every result is right."""
    a, _ = doubles(name, value)
    if a.ndim != 2 or a.size == 0 or (columns is not None and a.shape[1] != columns):
        raise DataError(f"{name}: shape {a.shape}; give a matrix of {'d' if columns is None else columns} columns, one row each")
    k(lib.lfap_rows_finite(k.ctx, name.encode(), k.pointer(a), *a.shape))
    if ranged:
        k(lib.lfap_rows_in_range(k.ctx, name.encode(), k.pointer(a), *a.shape))
    return a


def vector(k: Call, name: str, value: npt.ArrayLike, size: int) -> Array:
    a, _ = doubles(name, value)
    if a.size != size or max(a.shape, default=0) != size:
        raise DataError(f"{name}: shape {a.shape}; give a vector of {size} entries")
    a = a.reshape(size)
    k(lib.lfap_rows_finite(k.ctx, name.encode(), k.pointer(a), 1, size))
    return a


def labels(k: Call, name: str, value: npt.ArrayLike, size: int, labels_01: bool = False) -> Array:
    """+1 and -1; with labels_01 booleans or 1 and 0, which could mean either way round and are refused otherwise."""
    a = array(name, value)
    if labels_01:
        if not np.isin(a, (0, 1)).all():
            raise DataError(f"{name}: labels_01=True, but an entry is neither 0 nor 1")
        a = 2.0 * a - 1.0
    elif a.dtype.kind == "b":
        raise DataError(f"{name}: booleans; labels are +1 and -1: give labels_01=True if True is +1")
    a = vector(k, name, a, size)
    wrong = np.flatnonzero(np.abs(a) != 1)
    if wrong.size:
        raise DataError(f"{name}: label {wrong[0]} is {a[wrong[0]]:g}; a label is +1 or -1 (labels_01=True takes 1 and 0)")
    return a


def unit(k: Call, name: str, value: npt.ArrayLike, a: Array) -> dict[str, Any]:
    """The precision the numbers were made in: of the dtype, or a coarser one that they show."""
    read = k.new("int")
    return {"unit": lib.lfap_unit_of(read, doubles(name, value)[1], k.pointer(a), a.size), "unit_read": read[0]}


def samples(k: Call, X: npt.ArrayLike, y: npt.ArrayLike, labels_01: bool = False, name: str = "X") -> Any:
    """A checked data set, lfap_data; its arrays live as long as the call."""
    x, _ = doubles(name, X)
    if x.ndim != 2:
        raise DataError(f"{name}: shape {x.shape}; samples are a matrix N x d")
    t = labels(k, "y" if name == "X" else f"labels of {name}", y, x.shape[0], labels_01)
    data = k.new("lfap_data", n=x.shape[0], d=x.shape[1], x=k.pointer(x), y=k.pointer(t))
    k(lib.lfap_data_check(k.ctx, data, name.encode()))
    for member, v in unit(k, name, X, x).items():
        setattr(data, member, v)
    return data


def network(k: Call, W: npt.ArrayLike, gamma: float, d: int, name: str = "W") -> Any:
    """lfap_net: rows of positive output weight first, output weights +-1/sqrt(m)."""
    w = matrix(k, name, W, d)
    if w.shape[0] % 2:
        raise DataError(f"{name}: {w.shape[0]} rows; half of them have output weight +1/sqrt(m), half -1/sqrt(m): m is even")
    return k.new("lfap_net", m=w.shape[0], d=d, gamma=slope(gamma), w=k.pointer(w))


def points(k: Call, Z: npt.ArrayLike | None, probes: int | None, seed: int | None, d: int) -> Array:
    """Given points, or random ones, uniform on [-1, 1)^d (1000 of seed 0)."""
    if Z is not None:
        if probes is not None or seed is not None:
            raise UsageError("points gives the points; probes and seed would draw others")
        return matrix(k, "points", Z, d, ranged=True)
    from ._records import copied

    drawn = k.new("lfap_data", lib.lfap_data_free)
    n = 1000 if probes is None else probes
    k(lib.lfap_gen_uniform(k.ctx, drawn, seed or 0, n, d))
    return copied(drawn.x, (n, d))
