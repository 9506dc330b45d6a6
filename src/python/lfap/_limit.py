"""The limit of training and what is certain of it (Q1, T1, T2, C1, C2)."""
from __future__ import annotations

import hashlib
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from . import _arrays as arrays
from ._arrays import Array
from ._c import Call, Progress, UsageError, ffi, lib, oracle, text, word
from ._records import Record, copied, read, record


@record("lfap_check")
class Check(Record):
    """A line of a report: a statement, what was measured, and its verdict."""

    _shown = ("id", "subject", "what", "verdict", "value", "relation", "bound")


@record("lfap_case", check="checks")
class Case(Record):
    """What `verify` found of a data set: every line of every statement, judged."""

    verdict: str | None
    _shown = ("name", "n", "d", "gamma", "verdict", "check")


@record("lfap_decided")
class Decided(Record):
    """What an enclosure decided of a claim, and its least certain slack."""


@record("lfap_c2", alpha="n", beta="n", slope="n", own="n", other="n")
class C2(Record):
    """The limit at any slope: multipliers of the convex programme (CP), and whether C2 holds."""

    _shown = ("holds", "own_min", "kinks", "kappa_obt", "margin_lin")


@record("lfap_limit", lam="n", omega="n", w="d", lambda_q="n", q="n", fu="n", fv="n")
class Limit(Record):
    """The limit of a data set: multipliers lam, coefficients omega of w, the boundary w, and all of lfap_limit in lfap.h.

    `checks` and `verdict` are those of `lfap limit`; `certified` has a Decided for every claim and `certificate` the text of
    certificate.json, where they were asked for; `kkt_signs` what every KKT point decides at the points given.
    """

    verdict: str | None
    checks: tuple[Any, ...] | None
    certified: dict[str, Any] | None
    certificate: str | None
    kkt_signs: Array | None
    _shown = ("n", "d", "gamma", "verdict", "lam", "w", "support", "residual", "c1", "hyp", "c2", "certified")


def data_sha256(data: Any) -> str:
    """Of the doubles of X, then y, little-endian."""
    x, y = ffi.buffer(data.x, 8 * data.n * data.d), ffi.buffer(data.y, 8 * data.n)
    return hashlib.sha256(b"".join(np.frombuffer(b).astype("<f8", copy=False).tobytes() for b in (x, y))).hexdigest()


def certify(k: Call, data: Any, gamma: float) -> tuple[Any, str]:
    """The certificate of the oracle, and its file."""
    cert, out, size = k.new("oracle_cert", oracle.oracle_cert_free), k.new("char *"), k.new("size_t")
    k(oracle.oracle_limit_certify(k.ctx, cert, data, gamma, k.new("oracle_opts")))
    cert.sha256 = data_sha256(data).encode()
    k(oracle.oracle_cert_document(k.ctx, out, size, cert))
    document = ffi.string(out[0], size[0]).decode()
    lib.free(out[0])
    return cert, document


def claims(claim: Any) -> dict[str, Any]:
    return {text(lib.lfap_claims[i].key): read(Decided, claim[i]) for i in range(1, lib.LFAP_SET_CLAIMS)}


def kkt_signs(k: Call, data: Any, Z: Array, exact: bool) -> Array:
    sign = ffi.new("int[]", len(Z))
    decide = oracle.oracle_kkt_signs if exact else lib.lfap_kkt_signs
    k(decide(k.ctx, sign, data, k.pointer(Z), len(Z)))
    return copied(sign, (len(Z),)).astype(float)


def limit(X: npt.ArrayLike, y: npt.ArrayLike, gamma: float, *, solver: str = "auto", memory_limit: int = 0,
          certify_by: Literal["exact", "fast"] | None = None, points: npt.ArrayLike | None = None, labels_01: bool = False,
          threads: int = 1, progress: Progress | None = None) -> Limit:
    """The limiting boundary of a data set, as `lfap limit` finds it.

    certify_by: "exact" decides every statement by enclosures, "fast" by error bounds in doubles. points (P x d): what every KKT
    point of the data decides there, exactly with certify_by.

    >>> import lfap
    >>> data = lfap.gen("uniform", n=2, d=20000, seed=1)
    >>> found = lfap.limit(data.X, data.y, 0.9)
    >>> found.verdict, found.lam.shape, found.w.shape, bool(found.hyp.holds)
    ('PASS', (2,), (20000,), True)
    """
    if certify_by not in (None, "exact", "fast"):
        raise UsageError(f"certify_by={certify_by!r}: give 'exact' or 'fast'")
    with Call(threads, progress) as k:
        data = arrays.samples(k, X, y, labels_01)
        Z = None if points is None else arrays.matrix(k, "points", points, data.d, ranged=True)
        o = k.new("lfap_limit_opts", memory_limit=memory_limit, solver=word("solver", "lfap_solver", "LFAP_SOLVER_", solver),
                  best_effort=1)
        lim = k.new("lfap_limit", lib.lfap_limit_free)
        fast, cert, case = k.new("lfap_enclosure", lib.lfap_enclosure_free), None, k.new("lfap_case", lib.lfap_case_free)
        document = decided = None
        known = k.new("lfap_set", lib.lfap_set_free, data=data, checked=1)
        if not memory_limit or lib.lfap_limit_bytes(data.n, data.d, 2, threads) <= memory_limit:
            k(lib.lfap_set_gram(k.ctx, known))
        k(lib.lfap_limit_solve_opts(k.ctx, lim, data, known.gram, gamma, o))
        if certify_by == "fast":
            k(lib.lfap_limit_enclose(k.ctx, fast, data, lim, known.gram))
            k(oracle.oracle_enclosure_finish(k.ctx, fast, data, lim, known.gram))
        elif certify_by:
            cert, document = certify(k, data, gamma)
            k(oracle.oracle_adopt(k.ctx, lim, cert, known))
        k(lib.lfap_limit_margin(k.ctx, lim, data, known.gram, o))
        k(lib.lfap_judge_limit(k.ctx, case, lim, b"data"))
        if cert is not None:
            k(oracle.oracle_settle(k.ctx, case, 0, cert, lim, b"data"))
            decided = claims(cert.claim)
        elif certify_by:
            lib.lfap_settle_enclosure(case, 0, fast, 1)
            decided = claims(fast.claim)
        signs = None if Z is None else kkt_signs(k, data, Z, certify_by is not None)
        judged = judged_case(case)
        return read(Limit, lim, verdict=judged.verdict, checks=judged.check, certified=decided, certificate=document, kkt_signs=signs)


def judged_case(case: Any) -> Case:
    return read(Case, case, verdict=text(lib.lfap_verdict_name(lib.lfap_case_verdict(case))))
