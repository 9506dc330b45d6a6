"""Adversarial perturbations (P1, D1)."""
from __future__ import annotations

from typing import Any

import numpy.typing as npt

from . import _arrays as arrays
from ._arrays import Array
from ._c import Call, Progress, UsageError, ffi, lib, word
from ._limit import Limit
from ._records import Record, read, record


@record("lfap_perturbed", X="n d", eta="n d")
class Perturbed(Record):
    """Perturbed bases X = base + eta (n x d) with their targets y: a data set to learn from, and all of lfap_perturbed in lfap.h."""

    y: Array | None
    norm: str | None
    eps: float | None
    k: int | None
    steps: int | None


def options(k: Call, norm: str, eps: float | None, entries: int | None, range: tuple[float, float] | None) -> Any:
    o = k.new("lfap_perturb_opts", norm=word("norm", "lfap_norm", "LFAP_", norm), eps=0.0 if eps is None else eps, k=entries or 0)
    if range is not None:
        o.has_range, (o.lo, o.hi) = 1, range
    return o


def _direction(k: Call, direction: Any, W: Any, d: int) -> Any:
    if direction is not None:
        return k.pointer(arrays.vector(k, "direction", direction.w if isinstance(direction, Limit) else direction, d))
    w = k.keep(ffi.new("double[]", d))
    lib.lfap_net_direction(w, arrays.network(k, W, 0.5, d))  # no slope is part of it
    return w


def _check(source: str, norm: Any, direction: Any, W: Any, gamma: Any, eps: Any, k: Any, steps: Any, range: Any) -> None:
    """What would be ignored is refused."""
    pgd, geometry = source == "pgd", source == "geometry"
    if source not in ("geometry", "gradient", "pgd"):
        raise UsageError(f"source={source!r}: give one of geometry, gradient, pgd")
    if geometry and (direction is None) == (W is None):
        raise UsageError("geometry: give one of direction (w of a limit) and W (a network's direction)")
    if not geometry and (direction is not None or W is None or gamma is None):
        raise UsageError(f"{source}: give the network, W and gamma, and no direction")
    if not pgd and (steps is not None or range is not None):
        raise UsageError(f"steps and range belong to source pgd, not {source}")
    if k is not None and (pgd or not norm.takes_k):
        raise UsageError("k belongs to norm l0 from geometry or gradient; pgd reaches one entry a step: give steps")
    if norm.takes_k and not pgd and k is None:
        raise UsageError("k is missing: the number of entries to change")
    if eps is None and not (pgd and norm.takes_k):
        raise UsageError("eps is missing: the size of the perturbation in the norm")


def perturb(bases: npt.ArrayLike, targets: npt.ArrayLike, *, norm: str, source: str = "geometry", direction: Any = None,
            W: npt.ArrayLike | None = None, gamma: float | None = None, eps: float | None = None, k: int | None = None,
            steps: int | None = None, range: tuple[float, float] | None = None, arithmetic: str = "double", labels_01: bool = False,
            threads: int = 1, progress: Progress | None = None) -> Perturbed:
    """Perturbs bases towards targets as `lfap perturb` does: from geometry (direction: w or a Limit), gradient or pgd (W, gamma).

    >>> import lfap
    >>> data, noise = lfap.gen("uniform", n=2, d=2000, seed=1), lfap.gen("uniform", n=8, d=2000, seed=2)
    >>> adv = lfap.perturb(noise.X, noise.y, norm="l2", direction=lfap.limit(data.X, data.y, 0.9), eps=5)
    >>> [round(float((row @ row)**0.5), 9) for row in adv.eta[:2]]
    [5.0, 5.0]
    """
    with Call(threads, progress) as c:
        o = options(c, norm, eps, k, range)
        row = lib.lfap_norm_of(o.norm)
        _check(source, row, direction, W, gamma, eps, k, steps, range)
        B = arrays.matrix(c, "bases", bases)
        t = arrays.labels(c, "targets", targets, len(B), labels_01)
        n, d = B.shape
        o.arithmetic = word("arithmetic", "lfap_arithmetic", "LFAP_ARITHMETIC_", arithmetic)
        if source == "pgd":
            o.steps = lib.lfap_norm_steps(o.norm, d // 20) if steps is None else steps
        if eps is None:
            o.eps = row.eps_default(d)
        out = c.new("lfap_perturbed", lib.lfap_perturbed_free)
        if source == "geometry":
            if arithmetic != "double":
                raise UsageError("arithmetic belongs to source gradient and pgd: geometry runs no network")
            c(lib.lfap_perturb_geometry(c.ctx, out, c.pointer(B), c.pointer(t), _direction(c, direction, W, d), o, n, d))
        else:
            net = arrays.network(c, W, gamma or 0.0, d)  # type: ignore[arg-type]
            make = lib.lfap_perturb_gradient if source == "gradient" else lib.lfap_perturb_pgd
            c(make(c.ctx, out, c.pointer(B), c.pointer(t), net, o, n))
        return read(Perturbed, out, y=t, norm=norm, eps=o.eps, k=o.k, steps=o.steps)
