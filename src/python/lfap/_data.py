"""Data sets: from a seed, or two classes of Fashion-MNIST."""
from __future__ import annotations

from dataclasses import dataclass

import numpy.typing as npt

from . import _arrays as arrays
from ._arrays import Array
from ._c import Call, Progress, UsageError, ffi, lib, text
from ._records import Record, copied


@dataclass(frozen=True, repr=False, eq=False)
class Data(Record):
    """Samples X (N x d) and labels y (N, +1 or -1); of images also those held out, and the mean that was removed."""

    X: Array
    y: Array
    X_test: Array | None = None
    y_test: Array | None = None
    mean: Array | None = None


def gen(kind: str = "uniform", n: int | None = None, d: int | None = None, seed: int = 0, *, classes: tuple[int, int] | None = None,
        center: bool = True, images: str | None = None, threads: int = 1, progress: Progress | None = None) -> Data:
    """A data set as `lfap gen` makes it: uniform, gauss, orthogonal (n, d, seed), or fashion-mnist (n, classes, center, images).

    >>> import lfap
    >>> lfap.gen("uniform", n=4, d=100, seed=1).X.shape
    (4, 100)
    """
    made = {"uniform": lib.lfap_gen_uniform, "gauss": lib.lfap_gen_gauss, "orthogonal": lib.lfap_gen_orthogonal}
    with Call(threads, progress) as k:
        if kind == "fashion-mnist":
            return _images(k, 200 if n is None else n, classes, center, images)
        if kind not in made:
            raise UsageError(f"kind={kind!r}: give one of {', '.join(made)}, fashion-mnist")
        if n is None or d is None:
            raise UsageError(f"{kind}: give n, the number of samples, and d, their dimension")
        out = k.new("lfap_data", lib.lfap_data_free)
        k(made[kind](k.ctx, out, seed, n, d))
        return Data(copied(out.x, (n, d)), copied(out.y, (n,)))


def _images(k: Call, n: int, classes: tuple[int, int] | None, center: bool, folder: str | None) -> Data:
    usual = k.new("lfap_study_opts")
    lib.lfap_study_defaults(usual)
    pos, neg = classes or (usual.class_pos, usual.class_neg)
    im = k.new("lfap_images", lib.lfap_images_free)
    k(lib.lfap_images_read(k.ctx, im, (folder or text(usual.images)).encode(), pos, neg, n, center))
    train, test = im.train, im.test
    return Data(copied(train.x, (train.n, train.d)), copied(train.y, (train.n,)), copied(test.x, (test.n, test.d)),
                copied(test.y, (test.n,)), copied(im.mean, (train.d,)))


def evaluate(W: npt.ArrayLike, gamma: float, points: npt.ArrayLike, *, threads: int = 1, progress: Progress | None = None) -> Array:
    """f of the network W (m x d) at the rows of points."""
    with Call(threads, progress) as k:
        Z = arrays.matrix(k, "points", points, ranged=True)
        f = ffi.new("double[]", len(Z))
        k(lib.lfap_net_eval(k.ctx, f, arrays.network(k, W, gamma, Z.shape[1]), k.pointer(Z), len(Z)))
        return copied(f, (len(Z),))
