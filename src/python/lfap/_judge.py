"""Networks and data of yours held against the theory (K1, P1, C3, C4; the main job)."""
from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from . import _arrays as arrays
from ._arrays import Array
from ._c import Call, Progress, UsageError, ffi, lib, oracle, word
from ._limit import Case, certify as _certify, judged_case
from ._perturb import options
from ._records import Record, _class_of, copied, read, record


@record("lfap_polished", lam="n", slope="m n")
class Polished(Record):
    """The KKT point that weights belong to (C3): W, lam, slope (m x n), and all of lfap_polished; c4: does training go there."""

    W: Array | None
    gamma: float | None
    m: int | None
    c4: Any
    same: bool | None
    distance: float | None
    verdict: str | None
    checks: tuple[Any, ...] | None
    certified: Any
    signs: Array | None
    net: Any
    _shown = ("W", "gamma", "verdict", "holds", "settled", "rounds", "flipped", "kinks", "margin_given", "margin", "same", "c4", "certified")


@record("oracle_polished", lambda_lo="n", lambda_hi="n", z1="d", z2="d")
class PolishCertificate(Record):
    """What is certain of such a point: oracle_polished of lfap_oracle.h."""

    _shown = ("exists", "c3", "c4", "kinks", "pairs_right", "pairs_wrong", "pairs_open", "linear")


@record("lfap_k1")
class Comparison(Record):
    """How close a network is to the KKT point that the theory predicts (K1), its outputs at the points, and what else was asked."""

    outputs: Array | None
    points: Array | None
    perturbations: Any
    polished: Any
    signs: dict[str, Any] | None
    _shown = ("residual", "outside_rank2", "pattern_aligned", "cosine", "agreement", "margin", "perturbations", "polished", "signs")


def _limit_of(k: Call, data: Any, known: Any, gamma: float, required: bool) -> Any:
    """The limit of the set, or NULL where the data have none and none is required."""
    lim = k.new("lfap_limit", lib.lfap_limit_free)
    status = lib.lfap_limit_solve(k.ctx, lim, data, known.gram, gamma)
    if not required and status and lib.lfap_of_the_data(status):
        return ffi.NULL
    k(status)
    return lim


def _polished(k: Call, net: Any, known: Any, lim: Any, loss: int, step: float, exact: bool, Z: Array | None = None) -> Polished:
    end, case = k.new("lfap_ending", lib.lfap_ending_free), k.new("lfap_case", lib.lfap_case_free)
    k(lib.lfap_ending_of(k.ctx, end, net, known, lim, loss, step))
    k(lib.lfap_judge_ending(k.ctx, case, end))
    certificate = signs = None
    if exact:
        sure = k.new("oracle_polished", oracle.oracle_polished_free)
        point = ffi.addressof(end, "point")
        k(oracle.oracle_polish_certify(k.ctx, sure, point, known.data, net, loss, step, k.new("oracle_opts")))
        oracle.oracle_settle_ending(case, 0, sure, loss)
        certificate = read(PolishCertificate, sure)
        if Z is not None:
            sign = ffi.new("int[]", len(Z))
            k(oracle.oracle_polished_signs(k.ctx, sign, sure, k.pointer(Z), len(Z)))
            signs = copied(sign, (len(Z),)).astype(float)
    judged, p = judged_case(case), end.point
    return read(Polished, p, {"m": p.net.m}, W=copied(p.net.w, (p.net.m, p.net.d)), gamma=p.net.gamma, m=p.net.m,
                c4=read(_class_of("lfap_c4"), end.c4), same=bool(end.same), distance=end.distance, verdict=judged.verdict,
                checks=judged.check, certified=certificate, signs=signs, net=None)


def polish(X: npt.ArrayLike, y: npt.ArrayLike, W: npt.ArrayLike, gamma: float, *, loss: str = "exp", step: float = 0.0,
           certify: bool = False, points: npt.ArrayLike | None = None, labels_01: bool = False, threads: int = 1,
           progress: Progress | None = None) -> Polished:
    """The KKT point that weights belong to, and whether training from them goes there, as `lfap polish` finds it.

    points, with certify: the certified signs of the point there.
    """
    if points is not None and not certify:
        raise UsageError("points asks for certified signs; give certify=True too")
    with Call(threads, progress) as k:
        data = arrays.samples(k, X, y, labels_01)
        net = arrays.network(k, W, gamma, data.d)
        Z = None if points is None else arrays.matrix(k, "points", points, data.d, ranged=True)
        known = k.new("lfap_set", lib.lfap_set_free, data=data, checked=1)
        k(lib.lfap_set_gram(k.ctx, known))
        return _polished(k, net, known, _limit_of(k, data, known, gamma, False), word("loss", "lfap_loss", "LFAP_LOSS_", loss), step,
                         certify, Z)


def _perturbations(k: Call, data: Any, X: npt.ArrayLike, net: Any, w: Any, points: npt.ArrayLike, t: npt.ArrayLike,
                   bases: npt.ArrayLike | None, o: Any, labels_01: bool) -> tuple[Any, Array, Array]:
    """P1 of perturbed points against their bases, the samples where none are given."""
    mats = []
    given = ("X" if bases is None else "bases", X if bases is None else bases), ("adversarial", points)
    for name, value in given:
        a = arrays.matrix(k, name, value, data.d, ranged=True)
        mats.append(k.new("lfap_mat", rows=a.shape[0], cols=a.shape[1], ndim=2, v=k.pointer(a), **arrays.unit(k, name, value, a)))
    if mats[0].rows != mats[1].rows:
        raise UsageError(f"adversarial: {mats[1].rows} points for {mats[0].rows} bases; give each point its base")
    targets = arrays.labels(k, "targets", t, len(a), labels_01)
    p1 = k.new("lfap_p1")
    k(lib.lfap_p1_of(k.ctx, p1, net, mats[0], mats[1], k.pointer(targets), w, o))
    return read(_class_of("lfap_p1"), p1), a, targets


def _agreeing(k: Call, w: Any, Z: Array, wanted: Array) -> dict[str, int]:
    """Signs of <w, z> that enclosures decide, against those wanted."""
    sign = ffi.new("int[]", len(Z))
    if w.valid:
        k(oracle.oracle_sign_points(k.ctx, sign, w, k.pointer(Z), len(Z)))
    got, want = copied(sign, (len(Z),)), np.sign(wanted)
    return {"points": len(Z), "with": int(((got != 0) & (got == want)).sum()), "against": int(((got != 0) & (got != want)).sum())}


def compare(X: npt.ArrayLike, y: npt.ArrayLike, W: npt.ArrayLike, gamma: float, *, points: npt.ArrayLike | None = None,
            probes: int | None = None, seed: int | None = None, polish: bool = False, certify: bool = False,
            adversarial: npt.ArrayLike | None = None, targets: npt.ArrayLike | None = None, bases: npt.ArrayLike | None = None,
            norm: str | None = None, eps: float | None = None, k: int | None = None, range: tuple[float, float] | None = None,
            labels_01: bool = False, threads: int = 1, progress: Progress | None = None) -> Comparison:
    """How close weights from any implementation are to the theory, as `lfap compare` measures it.

    Without points, random probes. polish: where the weights themselves end. adversarial, targets, norm, eps (l0: k): your
    perturbed points against their constraint and the best there is, from bases or the samples. certify: signs by enclosures.

    >>> import lfap
    >>> data = lfap.gen("uniform", n=4, d=500, seed=1)
    >>> run = lfap.train(data.X, data.y, 0.5, m=4)
    >>> found = lfap.compare(data.X, data.y, run.W, 0.5)
    >>> found.agreement > 0.9, found.cosine > 0.9
    (True, True)
    """
    if adversarial is None and any(v is not None for v in (targets, bases, norm, eps, k, range)):
        raise UsageError("targets, bases, norm, eps, k and range are about adversarial; give that too")
    with Call(threads, progress) as c:
        data = arrays.samples(c, X, y, labels_01)
        net = arrays.network(c, W, gamma, data.d)
        Z = arrays.points(c, points, probes, seed, data.d)
        f = ffi.new("double[]", len(Z))
        c(lib.lfap_net_eval(c.ctx, f, net, c.pointer(Z), len(Z)))
        outputs = copied(f, (len(Z),))
        known = c.new("lfap_set", lib.lfap_set_free, data=data, checked=1)
        c(lib.lfap_set_gram(c.ctx, known))
        lim = _limit_of(c, data, known, gamma, True)
        known.limit = lim
        k1 = c.new("lfap_k1")
        c(lib.lfap_set_k1(c.ctx, k1, net, known, c.pointer(Z), len(Z)))
        point = perturbed = signs = None
        if polish:
            point = _polished(c, net, known, lim, lib.LFAP_LOSS_EXP, 0.0, certify)
        if adversarial is not None:
            if norm is None or targets is None:
                raise UsageError("adversarial: give targets and norm, and eps (l0: k)")
            perturbed, adv, t = _perturbations(c, data, X, net, lim.w, adversarial, targets, bases, options(c, norm, eps, k, range),
                                               labels_01)
        if certify:
            cert, _ = _certify(c, data, gamma)
            w = c.new("oracle_vector", oracle.oracle_vector_free)
            c(oracle.oracle_boundary(c.ctx, w, cert, data, ffi.NULL))
            w.valid = w.valid and oracle.oracle_boundary_of(cert, lim)
            signs = {"points": _agreeing(c, w, Z, outputs)}
            if adversarial is not None:
                signs["adversarial"] = _agreeing(c, w, adv, t)
        return read(Comparison, k1, outputs=outputs, points=Z, perturbations=perturbed, polished=point, signs=signs)


def verify(X: npt.ArrayLike, y: npt.ArrayLike, gamma: float, *, W: npt.ArrayLike | None = None,
           test: tuple[npt.ArrayLike, npt.ArrayLike] | None = None, eps: dict[str, float] | None = None, k: int | None = None,
           n_adv: int | None = None, m: int | None = None, seed: int = 0, gauss_bases: bool = False, probes: int | None = None,
           controls: int | None = None, flow_steps: int | None = None, certify_n: int = 256, certify_fast: bool = False,
           name: str = "data", labels_01: bool = False, threads: int = 1, progress: Progress | None = None) -> Case:
    """The main job on data of yours, as `lfap verify --data` does it: every statement, judged.

    W: your network, judged in the place of one trained here. test: labelled points not trained on. eps: sizes by norm, those left
    out are not made. Sets of at most certify_n samples are certified.
    """
    with Call(threads, progress) as c:
        data = arrays.samples(c, X, y, labels_01)
        o = c.new("lfap_verify_opts")
        lib.lfap_verify_defaults(o, data)
        o.gamma, o.seed, o.gauss_bases, o.checked, o.data = gamma, seed, gauss_bases, 1, data
        o.name = c.keep(ffi.new("char[]", name.encode()[:63]))
        given = {"k": k, "n_adv": n_adv, "m": m, "m_adv": m, "probes": probes, "controls": controls, "flow_steps": flow_steps,
                 "net_steps": flow_steps}
        for member, value in given.items():
            if value is not None:
                setattr(o, member, value)
        if eps is not None:
            o.eps = [0.0] * lib.LFAP_NORMS
            for norm, size in eps.items():
                o.eps[word("eps", "lfap_norm", "LFAP_", norm)] = size
        if W is not None:
            o.net = arrays.network(c, W, gamma, data.d)
        if test is not None:
            o.test = arrays.samples(c, *test, labels_01, "test")
        exact = c.new("oracle_certifier", oracle.oracle_certifier_free, largest=certify_n, fast=certify_fast)
        o.certifier = c.new("lfap_certifier", speak=ffi.cast(_calls("speak"), ffi.addressof(oracle, "oracle_certifier_speak")),
                            refine=ffi.cast(_calls("refine"), ffi.addressof(oracle, "oracle_certifier_refine")),
                            end=ffi.cast(_calls("end"), ffi.addressof(oracle, "oracle_certifier_end")), user=exact)
        case = c.new("lfap_case", lib.lfap_case_free)
        c(lib.lfap_verify_case(c.ctx, case, o))
        return judged_case(case)


def _calls(member: str) -> Any:
    return dict(ffi.typeof("struct lfap_certifier").fields)[member].type
