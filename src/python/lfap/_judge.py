"""Networks and data of yours held against the theory (K1, P1, C3, C4; the main job)."""
from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from . import _arrays as arrays
from ._arrays import Array
from ._c import Call, DataError, Progress, UsageError, ffi, lib, oracle, text, word
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
    accuracy: float | None
    reason: Any
    output: Any
    no_limit: str | None
    differences: dict[str, Any] | None
    _shown = ("residual", "outside_rank2", "pattern_aligned", "cosine", "agreement", "margin", "differences", "perturbations", "polished", "signs", "accuracy", "reason", "no_limit")


@record("lfap_slip")
class Reason(Record):
    """Why a network does not classify its data, or has not the outputs told of it: the likely slip that fits (name, what)."""

    name: str | None
    _shown = ("name", "what", "right")


@record("lfap_difference")
class Difference(Record):
    """An array of yours against the one computed here: how far, what it may be off by, relative to the largest entry, and the verdict."""

    tolerance: float | None
    verdict: str | None
    _shown = ("verdict", "relative", "tolerance", "differ", "max_abs", "abs_at")


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
                   bases: npt.ArrayLike | None, o: Any, labels_01: bool, biased: bool = False) -> tuple[Any, Array, Array]:
    """P1 of perturbed points against their bases, the samples where none are given."""
    mats = []
    given = ("X" if bases is None else "bases", X if bases is None else bases), ("adversarial", points)
    for name, value in given:
        a = arrays.matrix(k, name, _with_one(value) if biased else value, data.d, ranged=True)
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
            output_weights: npt.ArrayLike | None = None, signs: npt.ArrayLike | None = None, output_trained: bool = False,
            bias: npt.ArrayLike | None = None, outputs: npt.ArrayLike | None = None, lam: npt.ArrayLike | None = None,
            reference: dict[str, tuple[npt.ArrayLike, npt.ArrayLike]] | None = None,
            labels_01: bool = False, threads: int = 1, progress: Progress | None = None) -> Comparison:
    """How close weights from any implementation are to the theory, as `lfap compare` measures it.

    output_weights (m), or signs of +-1/sqrt(m): rows in any order; output_trained: they were trained too, and nothing is said of the
    limit (no_limit). bias (m): of the hidden layer. accuracy and reason: does it classify the samples, and if not, why. outputs at the
    points and lam (the multipliers) are held against those computed here, reference ({name: (yours, the other)}) against each other:
    differences, by name.

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
    if outputs is not None and points is None:
        raise UsageError("outputs are values at points; give these too")
    with Call(threads, progress) as c:
        given = _network(c, W, gamma, np.shape(X)[1], output_weights, signs, bias)
        biased = bias is not None
        data = arrays.samples(c, *((X, y) if not biased else (_with_one(X), y)), labels_01)
        data.bias = biased
        net, about = c.new("lfap_net", lib.lfap_net_free), c.new("lfap_readout")
        c(lib.lfap_net_fold(c.ctx, net, about, given))
        Z = arrays.points(c, points, probes, seed, data.d - biased)
        if biased:
            Z = arrays.matrix(c, "points", _with_one(Z), data.d)
        f = _outputs(c, net, Z)
        known = c.new("lfap_set", lib.lfap_set_free, data=data, checked=1)
        c(lib.lfap_set_gram(c.ctx, known))
        plain = about.kind != lib.LFAP_READOUT_OTHER or output_trained
        lim, why = _own_limit(c, data, known, given, plain, output_trained)
        known.limit = lim
        k1 = c.new("lfap_k1")
        c(lib.lfap_set_k1(c.ctx, k1, net if plain else given, known, c.pointer(Z), len(Z)))
        if plain:
            lib.lfap_k1_as_given(k1, given, about)
        if why:
            _without_limit(k1, output_trained)
        right = np.asarray(arrays.labels(c, "y", y, data.n, labels_01)) * _outputs(c, net, copied(data.x, (data.n, data.d))) > 0
        differences = {}
        if outputs is not None:
            differences["outputs"] = _difference(c, "outputs", outputs, f)
        if lam is not None and not why:
            by = about.factor**2 if about.kind == lib.LFAP_READOUT_EQUAL else 1.0
            differences["lambda"] = _difference(c, "lambda", lam, copied(getattr(lim, "lambda"), (data.n,)) / by)
        for name, (its, other) in (reference or {}).items():
            differences[name] = _difference(c, name, its, arrays.doubles(name, other)[0], arrays.doubles(name, other)[1])
        reason = _reason(c, given, data) if not right.all() else None
        point = perturbed = agreeing = None
        if polish and plain and not output_trained:
            point = _polished(c, net, known, lim if not why else ffi.NULL, lib.LFAP_LOSS_EXP, 0.0, certify)
        if adversarial is not None:
            if norm is None or targets is None:
                raise UsageError("adversarial: give targets and norm, and eps (l0: k)")
            o = options(c, norm, eps, k, range)
            o.bias = biased
            perturbed, adv, t = _perturbations(c, data, X, net, ffi.NULL if why else lim.w, adversarial, targets, bases, o, labels_01, biased)
        if certify and plain and not why:
            cert, _ = _certify(c, data, gamma)
            w = c.new("oracle_vector", oracle.oracle_vector_free)
            c(oracle.oracle_boundary(c.ctx, w, cert, data, ffi.NULL))
            w.valid = w.valid and oracle.oracle_boundary_of(cert, lim)
            agreeing = {"points": _agreeing(c, w, Z, f)}
            if adversarial is not None:
                agreeing["adversarial"] = _agreeing(c, w, adv, t)
        return read(Comparison, k1, outputs=f, points=Z, perturbations=perturbed, polished=point, signs=agreeing, accuracy=float(right.mean()),
                    reason=reason, output=read(_class_of("lfap_readout"), about), no_limit=why, differences=differences or None)


def _with_one(A: npt.ArrayLike) -> Array:
    """A bias is a last coordinate 1."""
    return np.hstack([np.asarray(A), np.ones((len(np.asarray(A)), 1), np.asarray(A).dtype)])


def _outputs(c: Call, net: Any, Z: Array) -> Array:
    f = ffi.new("double[]", len(Z))
    Z = np.ascontiguousarray(Z)
    c(lib.lfap_net_eval(c.ctx, f, net, c.pointer(Z), len(Z)))
    return copied(f, (len(Z),))


def _network(c: Call, W: npt.ArrayLike, gamma: float, d: int, v: npt.ArrayLike | None, signs: npt.ArrayLike | None,
             bias: npt.ArrayLike | None) -> Any:
    """The network as given: its rows with their biases, its output weights where they are given."""
    w = arrays.matrix(c, "W", W, d)
    if bias is not None:
        w = np.hstack([w, arrays.vector(c, "bias", bias, len(w))[:, None]])
    if v is None and signs is None:
        return arrays.network(c, w, gamma, w.shape[1])
    if not 0 < gamma < 1:
        raise DataError(f"gamma={gamma}: the leaky slope lies inside (0, 1)")
    a = None if v is None else arrays.vector(c, "output_weights", v, len(w))
    if signs is not None:
        s = arrays.labels(c, "signs", signs, len(w))
        if a is not None and (a < 0).any() and (a * s < 0).any():
            raise DataError("output_weights and signs disagree: they are of different orders of the rows; give output_weights alone")
        a = (1 / np.sqrt(len(w)) if a is None else np.abs(a)) * s
    w, a = np.ascontiguousarray(w), np.ascontiguousarray(a)
    return c.new("lfap_net", m=w.shape[0], d=w.shape[1], gamma=gamma, w=c.pointer(w), a=c.pointer(a))


def _own_limit(c: Call, data: Any, known: Any, given: Any, plain: bool, trained: bool) -> tuple[Any, str | None]:
    """The limit of the output layer; one with the boundary 0, and why, where there is none."""
    lim = c.new("lfap_limit", lib.lfap_limit_free)
    o = c.new("lfap_limit_opts")
    why = None
    if trained:
        why = "the output layer was trained too: that is another problem"
    elif not plain:
        c(lib.lfap_net_masses(c.ctx, ffi.addressof(o, "masses"), given))
        if not (o.masses.plus > 0 and o.masses.minus > 0):
            why = "the output weights have one sign only; the limit is computed for output layers that have both"
    if why is None:
        status = lib.lfap_limit_solve_opts(c.ctx, lim, data, known.gram, given.gamma, ffi.NULL if plain else o)
        if not status or not lib.lfap_of_the_data(status):
            c(status)
            return lim, None
        why = text(c.ctx.message)
    none = c.new("lfap_limit", n=data.n, d=data.d, gamma=given.gamma, w=c.pointer(np.zeros(data.d)), masses=o.masses if not plain else {"plus": 0.5, "minus": 0.5})
    lib.lfap_hypothesis_of(ffi.addressof(none, "hyp"), known.gram, data.n, given.gamma)
    return none, why


def _without_limit(k1: Any, trained: bool) -> None:
    """Figures that need a limit have no value without; those of W alone none where v was trained with it."""
    k1.cosine = k1.agreement = np.nan
    if trained:
        k1.residual = k1.slackness = k1.outside_rank2 = k1.row_spread = k1.pattern_aligned = np.nan


def _difference(c: Call, name: str, value: npt.ArrayLike, computed: Array, unit: float = 2.0**-53) -> Difference:
    its, own_unit = arrays.doubles(name, value)
    if its.shape != computed.shape:
        raise DataError(f"{name}: shape {its.shape}; it is held against one of shape {computed.shape}")
    ours = np.ascontiguousarray(computed)
    read_off = c.new("int")
    u = lib.lfap_unit_of(read_off, own_unit, c.pointer(its), its.size)
    d = c.new("lfap_difference")
    pair = [c.new("lfap_rounded", v=c.pointer(a), unit=x)[0] for a, x in ((its, u), (ours, unit))]
    lib.lfap_difference_of(d, pair[0], pair[1], ffi.NULL, its.size)
    return read(Difference, d, tolerance=lib.lfap_tolerance_of(max(u, unit)), verdict="FAIL" if d.over else "PASS")


def _reason(c: Call, given: Any, data: Any) -> Any:
    found = c.new("lfap_slip")
    c(lib.lfap_reason_of(c.ctx, found, given, data, ffi.NULL))
    return read(Reason, found, name=text(lib.lfap_reason_name[found.kind])) if found.kind else None


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
