"""Learning from adversarial perturbations: what the library of lfap computes, on NumPy arrays.

A network trained on nothing but noise with small adversarial perturbations classifies the natural data the perturbations were
made from. `gen` makes data, `limit` finds the boundary that training ends at, `train` trains, `perturb` perturbs, `compare` and
`polish` say where weights of yours stand, `split` what the perturbations do to a network, `verify` judges every statement,
`sweep` runs grids. Results are those of the command line, to the bit; `lfap.torch.export` and `lfap.flax.export` take networks
from there.

>>> import lfap
>>> data, noise = lfap.gen("uniform", n=2, d=20000, seed=1), lfap.gen("uniform", n=8, d=20000, seed=2)
>>> natural = lfap.limit(data.X, data.y, 0.9)
>>> adv = lfap.perturb(noise.X, noise.y, norm="l2", direction=natural, eps=5)
>>> learned = lfap.limit(adv.X, adv.y, 0.9)
>>> bool(((data.X @ learned.w > 0) == (data.y > 0)).all())
True

Every function takes threads and progress, a function of (what, done, total); Ctrl-C stops the work and leaves nothing behind. What
the library refuses is an lfap.Error.
"""
from . import flax, torch
from ._c import (CantCreateError, DataError, Error, InfeasibleError, InternalError, InterruptedByProgress, NoInputError,
                 OutOfMemoryError, RangeError, UnsolvedError, UsageError, WriteError)
from ._c import version as __version__
from ._data import Data, evaluate, gen
from ._judge import Comparison, Polished, PolishCertificate, compare, polish, verify
from ._limit import C2, Case, Check, Decided, Limit, limit
from ._perturb import Perturbed, perturb
from ._sweep import Sweep, sweep
from ._train import Split, Trained, split, train

__all__ = [
    "C2", "CantCreateError", "Case", "Check", "Comparison", "Data", "DataError", "Decided", "Error", "InfeasibleError", "InternalError",
    "InterruptedByProgress", "Limit", "NoInputError", "OutOfMemoryError", "Perturbed", "PolishCertificate", "Polished", "RangeError",
    "Split", "Sweep", "Trained", "UnsolvedError", "UsageError", "WriteError", "__version__", "compare", "evaluate", "flax", "gen", "limit",
    "perturb", "polish", "split", "sweep", "torch", "train", "verify",
]
