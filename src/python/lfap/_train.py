"""Training, and the split of what was trained (T1, F1, T5)."""
from __future__ import annotations

from typing import Any

import numpy.typing as npt

from . import _arrays as arrays
from ._arrays import Array
from ._c import Call, Progress, UsageError, ffi, lib, word
from ._limit import Limit, judged_case
from ._records import Record, copied, read, record


@record("lfap_history", row="rows", p="n", coefficient="m n")
class Trained(Record):
    """A trained network: W (m x d), the first weights W0, and all of lfap_history in lfap.h: `row` is an epoch a row."""

    W: Array | None
    W0: Array | None
    gamma: float | None
    correct: int | None
    smallest_margin: float | None
    _shown = ("W", "gamma", "rows", "log_loss", "correct", "smallest_margin", "stationary", "aligned", "coefficient")


# Which methods read an option; an option that would be ignored is refused.
_READ_BY = {"momentum": ("sgd",), "form": ("gd", "sgd"), "log_loss_target": ("flow",), "rtol": ("flow",), "atol": ("flow",)}


def _options(k: Call, method: str, loss: str, coefficients: bool, arithmetic: str, given: dict[str, Any]) -> Any:
    o = k.new("lfap_train_opts")
    lib.lfap_train_defaults(o, word("method", "lfap_method", "LFAP_METHOD_", method))
    o.loss, o.coefficients = word("loss", "lfap_loss", "LFAP_LOSS_", loss), coefficients
    o.arithmetic = word("arithmetic", "lfap_arithmetic", "LFAP_ARITHMETIC_", arithmetic)
    for name, value in given.items():
        if value is None:
            continue
        if method not in _READ_BY.get(name, (method,)):
            raise UsageError(f"{name}={value!r} belongs to method {' and '.join(_READ_BY[name])}, not {method}")
        setattr(o, name, word("form", "lfap_form", "LFAP_FORM_", value) if name == "form" else value)
    return o


def _first_weights(k: Call, m: int | None, init: npt.ArrayLike | None, d: int, gamma: float, seed: int | None, scale: float | None) -> Any:
    net = k.new("lfap_net", lib.lfap_net_free)
    if init is None:
        if m is None:
            raise UsageError("m or init is missing: the number of neurons, or the first weights")
        k(lib.lfap_net_init(k.ctx, net, m, d, gamma, seed or 0, 1.0 if scale is None else scale))
        return net
    if seed is not None or scale is not None:
        raise UsageError("init gives the first weights; seed and init_scale would draw others")
    given = arrays.network(k, init, gamma, d, "init")
    if m is not None and m != given.m:
        raise UsageError(f"init: {given.m} rows, but m={m}; leave m out")
    k(lib.lfap_net_alloc(k.ctx, net, given.m, d, gamma))
    ffi.memmove(net.w, given.w, 8 * given.m * d)
    return net


def train(X: npt.ArrayLike, y: npt.ArrayLike, gamma: float, *, m: int | None = None, init: npt.ArrayLike | None = None,
          method: str = "flow", loss: str = "exp", form: str | None = None, seed: int | None = None, init_scale: float | None = None,
          epochs: int | None = None, lr: float | None = None, momentum: float | None = None, log_loss_target: float | None = None,
          rtol: float | None = None, atol: float | None = None, coefficients: bool = False, arithmetic: str = "double",
          labels_01: bool = False, threads: int = 1, progress: Progress | None = None) -> Trained:
    """Trains the network as `lfap train` does: by flow, gd or sgd, from m drawn rows or from init (m x d).

    Ctrl-C stops it, and leaves nothing: what was given is never written to.

    >>> import lfap
    >>> data = lfap.gen("uniform", n=6, d=50, seed=1)
    >>> run = lfap.train(data.X, data.y, 0.5, m=4, method="sgd", epochs=200)
    >>> run.correct, run.rows, run.W.shape
    (6, 200, (4, 50))
    """
    with Call(threads, progress) as k:
        data = arrays.samples(k, X, y, labels_01)
        o = _options(k, method, loss, coefficients, arithmetic,
                     {"form": form, "epochs": epochs, "lr": lr, "momentum": momentum, "log_loss_target": log_loss_target, "rtol": rtol,
                      "atol": atol})
        net = _first_weights(k, m, init, data.d, gamma, seed, init_scale)
        first = copied(net.w, (net.m, net.d))
        history = k.new("lfap_history", lib.lfap_history_free)
        k(lib.lfap_train(k.ctx, net, history, data, o))
        f = ffi.new("double[]", data.n)
        k(lib.lfap_net_eval(k.ctx, f, net, data.x, data.n))
        margin = copied(f, (data.n,)) * copied(data.y, (data.n,))
        return read(Trained, history, {"m": net.m, "n": data.n}, W=copied(net.w, (net.m, net.d)), W0=first, gamma=gamma,
                    correct=int((margin > 0).sum()), smallest_margin=float(margin.min()))


@record("lfap_split_shares")
class Split(Record):
    """T5's shares, every point of the split (`at`: f, rest, effect and the other members of lfap_split_point), and its lines."""

    verdict: str | None
    checks: tuple[Any, ...] | None
    at: npt.NDArray[Any] | None
    _shown = ("points", "one_sign", "decided", "follows", "effect_right", "f_right", "sum_error", "verdict")


def _trained(k: Call, run: Any, data: Any) -> tuple[Any, Any, Any]:
    """The network of a run, its first weights (NULL: zeros) and coefficients b."""
    if isinstance(run, Limit):
        net, b = k.new("lfap_net", lib.lfap_net_free), k.new("lfap_mat", lib.lfap_mat_free)
        lam, slope = arrays.vector(k, "lam", run.lam, data.n), arrays.vector(k, "slope", run.c2.slope, data.n)
        k(lib.lfap_split_limit(k.ctx, net, b, data, k.pointer(lam), k.pointer(slope), run.gamma))
        return net, ffi.NULL, b.v
    if not isinstance(run, Trained):
        b, first = run.slope * run.lam, None
    elif run.coefficient is None:
        raise UsageError("run: it kept no coefficients; train with coefficients=True")
    else:
        b, first = run.coefficient, run.W0
    net = arrays.network(k, run.W, run.gamma, data.d)
    return net, k.pointer(first), k.pointer(arrays.matrix(k, "coefficients of run", b, data.n))


def split(X: npt.ArrayLike, y: npt.ArrayLike, run: Any, *, bases: npt.ArrayLike | None = None, eta: npt.ArrayLike | None = None,
          points: npt.ArrayLike | None = None, point_labels: npt.ArrayLike | None = None, probes: int | None = None,
          seed: int | None = None, labels_01: bool = False, threads: int = 1, progress: Progress | None = None) -> Split:
    """What initialisation, bases and perturbations give to the output of a network trained on X = bases + eta (T5).

    run: of train(..., coefficients=True), of polish, or of limit. One of bases and eta is given; the other is the difference.
    Without points, random ones.
    """
    with Call(threads, progress) as k:
        data = arrays.samples(k, X, y, labels_01)
        t, x = copied(data.y, (data.n,)), copied(data.x, (data.n, data.d))
        if (bases is None) == (eta is None):
            raise UsageError("bases, eta: give one of them; X is their sum")
        name, given = ("eta", eta) if bases is None else ("bases", bases)
        part = arrays.matrix(k, name, given, data.d)  # type: ignore[arg-type]
        if part.shape != x.shape:
            raise UsageError(f"{name}: shape {part.shape}, but the perturbed samples are {x.shape}")
        base, added = (x - part, part) if bases is None else (part, x - part)
        Z = arrays.points(k, points, probes, seed, data.d)
        label = None if point_labels is None else arrays.labels(k, "point_labels", point_labels, len(Z), labels_01)
        net, first, b = _trained(k, run, data)
        of = k.new("lfap_split_args", net=net, first=first, b=b, t=k.pointer(t), base=k.pointer(base), eta=k.pointer(added), n=data.n)
        parts, shares = k.new("lfap_split", lib.lfap_split_free), k.new("lfap_split_shares")
        k(lib.lfap_split_of(k.ctx, parts, of))
        at = ffi.new("lfap_split_point[]", len(Z))
        k(lib.lfap_split_at(k.ctx, at, parts, k.pointer(Z), len(Z)))
        lib.lfap_split_shares_of(shares, at, k.pointer(label), len(Z))
        case = k.new("lfap_case", lib.lfap_case_free)
        k(lib.lfap_judge_split(k.ctx, case, shares, b"points", ffi.NULL))
        judged = judged_case(case)
        return read(Split, shares, verdict=judged.verdict, checks=judged.check, at=copied(at, (len(Z),)))
