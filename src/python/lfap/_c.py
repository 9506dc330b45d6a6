"""The two shared libraries, their declarations as the headers have them, and what every call of them needs."""
from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import cffi

Progress = Callable[[str, float, float], object]

# GMP's two types of fixed layout, which the oracle's structs hold; free, for what the libraries hand over.
_BESIDE = """
typedef struct { int alloc, size; void *limbs; } lfap_mpz;
typedef lfap_mpz mpz_t[1];
typedef struct { lfap_mpz numerator, denominator; } lfap_mpq;
typedef lfap_mpq mpq_t[1];
void free(void *);
"""
_declarations = (Path(__file__).parent / "declarations.h").read_text("utf-8")
version = _declarations.split(maxsplit=3)[2]
ffi: Any = cffi.FFI()
ffi.cdef(_BESIDE)
ffi.cdef(_declarations)


class Error(Exception):
    """What the library refuses or cannot do, in its words: what, where, why and what to do."""


class UsageError(Error, ValueError):
    """An argument out of its range."""


class DataError(Error, ValueError):
    """Bad data: value, shape, degenerate."""


class NoInputError(Error, OSError):
    """An input file cannot be opened or read."""


class InternalError(Error):
    """A broken invariant: please report it."""


class OutOfMemoryError(Error, MemoryError):
    """Out of memory, or larger than the memory there is."""


class CantCreateError(Error, OSError):
    """An output cannot be created."""


class WriteError(Error, OSError):
    """Writing failed half-way; nothing is left behind."""


class InfeasibleError(Error):
    """A finding: no network with label slopes separates the data."""


class RangeError(Error, ArithmeticError):
    """Numbers leave the range of doubles."""


class UnsolvedError(Error):
    """No finding: the solver gave up, doubles cannot tell."""


class InterruptedByProgress(Error):
    """The progress function asked to stop, by returning something true."""


ERRORS = {
    "USAGE": UsageError, "DATA": DataError, "NOINPUT": NoInputError, "INTERNAL": InternalError, "MEMORY": OutOfMemoryError,
    "CANTCREATE": CantCreateError, "IO": WriteError, "INFEASIBLE": InfeasibleError, "RANGE": RangeError,
    "UNSOLVED": UnsolvedError, "INTERRUPTED": InterruptedByProgress,
}
_CLASS = {value: ERRORS.get(name.removeprefix("LFAP_ERR_"), Error) for name, value in ffi.typeof("lfap_status").relements.items()}


def _open(soname: str) -> Any:
    """By soname; LFAP_LIBRARY names a directory before that, and a prefix that the loader does not know is the package's own."""
    given, own = os.environ.get("LFAP_LIBRARY"), Path(__file__).resolve().parents[3]
    names = [os.path.join(given, soname)] if given else [soname, str(own / soname)]
    why = []
    for name in names:
        try:
            return ffi.dlopen(name)
        except OSError as e:
            why.append(str(e).splitlines()[0])
    raise ImportError(f"{soname}: {'; '.join(why)}. Install liblfap, or name the directory it is in by LFAP_LIBRARY")


lib, oracle = _open("liblfap.so.0"), _open("liblfap-oracle.so.0")


def text(pointer: Any) -> str:
    return str(ffi.string(pointer).decode("utf-8", "replace")) if pointer else ""


def word(argument: str, kind: str, prefix: str, value: str) -> int:
    """The constant of an enumeration that a word names: 'sgd' is LFAP_METHOD_SGD."""
    known = sorted(ffi.typeof(kind).elements.items())
    choices = {name.removeprefix(prefix).lower(): v for v, name in known if name.startswith(prefix)}
    if value not in choices:
        raise UsageError(f"{argument}={value!r}: give one of {', '.join(choices)}")
    return int(choices[value])


class Call:
    """One run of the library: its context, what it made (freed at the end, whatever happens), and what must live as long."""

    def __init__(self, threads: int = 1, progress: Progress | None = None):
        self._progress = progress
        self._raised: BaseException | None = None
        self.ctx = ffi.new("lfap_ctx *", {"threads": threads})
        kind = dict(ffi.typeof("lfap_ctx").fields)["progress"].type
        # The interpreter runs signal handlers when this is entered, so that Ctrl-C stops the work here.
        self.ctx.progress = self._callback = ffi.callback(kind, self._tick, error=1, onerror=self._note)
        self._owned = ExitStack()
        self._kept: list[Any] = []

    def _tick(self, _user: Any, what: Any, done: float, total: float) -> int:
        return 1 if self._progress is not None and self._progress(text(what), done, total) else 0

    def _note(self, _kind: Any, raised: BaseException, _trace: Any) -> None:
        self._raised = raised

    def __enter__(self) -> Call:
        return self

    def __exit__(self, *_: Any) -> None:
        self._owned.close()
        self._kept.clear()

    def __call__(self, status: int) -> None:
        """Raises what a status says. What the progress function raised, KeyboardInterrupt above all, goes on as it is."""
        raised, self._raised = self._raised, None
        if raised is not None:
            raise raised
        if status:
            raise _CLASS.get(status, Error)(text(self.ctx.message))

    def new(self, kind: str, free: Any = None, **members: Any) -> Any:
        """A zeroed struct, its members, and what frees its contents."""
        made = self.keep(ffi.new(f"{kind} *"))
        for name, value in members.items():
            setattr(made, name, value)
        if free is not None:
            self._owned.callback(free, made)
        return made

    def keep(self, thing: Any) -> Any:
        self._kept.append(thing)
        return thing

    def pointer(self, array: Any) -> Any:
        """To the doubles of an array, NULL for None."""
        return ffi.NULL if array is None else self.keep(ffi.from_buffer("double[]", array))
