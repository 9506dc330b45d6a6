"""Results: dataclasses whose figures are the members of the library's structs, as its headers declare them. What C does not
tell, the shapes of arrays, is told here."""
from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

import numpy as np

from ._c import ffi, lib, text

_SPELLED = {"lam": "lambda", "X": "x"}
_PYTHON = {c: p for p, c in _SPELLED.items()}
_classes: dict[str, type] = {}
_WORDS = {"lfap_verdict": lambda v: text(lib.lfap_verdict_name(v)), "lfap_claim": lambda v: text(lib.lfap_claims[v].key) or None}


class Record:
    """The members of a struct by their names in the header (lambda is lam, x is X). `print` shows figures, and of arrays the shape."""

    _members: ClassVar[dict[str, Any]] = {}
    _shapes: ClassVar[dict[str, str]] = {}
    _shown: ClassVar[tuple[str, ...]] = ()

    if TYPE_CHECKING:
        def __getattr__(self, name: str) -> Any: ...

    def __repr__(self) -> str:
        names = self._shown or [f.name for f in dataclasses.fields(self)]
        shown = ((n, getattr(self, n)) for n in names)
        return f"{type(self).__name__}({', '.join(f'{n}={brief(v)}' for n, v in shown if v is not None)})"


def brief(v: Any) -> str:
    if isinstance(v, np.ndarray):
        what = f"{v.dtype}{list(v.shape)}" if v.dtype.names is None else f"{len(v)} rows of {', '.join(v.dtype.names)}"
        return f"<{what} from {v.min():.6g} to {v.max():.6g}>" if v.size > 1 and v.dtype.kind in "fi" else f"<{what}>"
    if isinstance(v, float):
        return f"{v:.6g}"
    if isinstance(v, (tuple, list)) and v and isinstance(v[0], Record):
        verdicts = [getattr(c, "verdict", None) for c in v]
        tally = ", ".join(f"{verdicts.count(w)} {w}" for w in dict.fromkeys(verdicts) if w)
        return f"<{len(v)}{': ' + tally if tally else ''}>"
    if isinstance(v, str) and len(v) > 100:
        return f"<{len(v)} characters>"
    return repr(v)


R = TypeVar("R", bound=type)


def record(struct: str, **shapes: str) -> Any:
    """Makes a class a dataclass of that struct: its arrays, with their shapes as members ("m n"), its figures, and the fields
    the class declares itself, which `read` is given."""

    def decorate(cls: R) -> R:
        own = [(n, t, dataclasses.field(default=None)) for n, t in cls.__dict__.get("__annotations__", {}).items()
               if not n.startswith("_") and n not in shapes]
        members = {}
        for c_name, member in ffi.typeof(struct).fields:
            name = _PYTHON.get(c_name, c_name)
            if member.type.kind != "pointer" or name in shapes or member.type.item.cname in ("char", "char const"):
                members[name] = member.type
        fields: list[Any] = [(n, Any) for n in members if n not in {o[0] for o in own}] + own
        body = {k: v for k, v in cls.__dict__.items() if k not in ("__dict__", "__weakref__", "__annotations__")}
        made: Any = dataclasses.make_dataclass(cls.__name__, fields, bases=cls.__bases__, namespace=body, frozen=True, repr=False, eq=False)
        made.__module__, made.__doc__, made._members, made._shapes = cls.__module__, cls.__doc__, members, shapes
        _classes[struct] = made
        return made  # type: ignore[return-value]

    return decorate


def _class_of(struct: str) -> type:
    """A struct that nobody described has its figures all the same: lfap_hypothesis is Hypothesis."""
    if struct not in _classes:
        name = "".join(w.title() for w in struct.removeprefix("lfap_").split("_"))
        record(struct)(type(name, (Record,), {"__module__": __name__, "__doc__": f"{struct} of lfap.h"}))
    return _classes[struct]


def copied(pointer: Any, shape: tuple[int, ...]) -> Any:
    """Doubles, or structs as a structured array, in memory of their own."""
    item = ffi.typeof(pointer).item
    if item.kind == "struct":
        names, of = zip(*item.fields)
        dtype = np.dtype({"names": names, "formats": [_SCALAR[f.type.cname] for f in of], "offsets": [f.offset for f in of],
                          "itemsize": ffi.sizeof(item)})
    else:
        dtype = np.dtype(_SCALAR[item.cname])
    count = int(np.prod(shape))
    return np.frombuffer(ffi.buffer(pointer, count * dtype.itemsize), dtype).reshape(shape).copy() if count else np.empty(shape, dtype)


_SCALAR = {"double": "f8", "int": "i4"}


def _value(kind: Any, v: Any, sizes: dict[str, int], shape: str | None) -> Any:
    if kind.kind == "struct":
        return read(_class_of(kind.cname), v, sizes)
    if kind.kind == "enum":
        return _WORDS.get(kind.cname, int)(v)
    if kind.kind == "array":
        return text(v) if kind.item.cname == "char" else tuple(_value(kind.item, e, sizes, None) for e in v)
    if kind.kind != "pointer":
        return v
    if shape is None:
        return text(v)
    if not v:
        return None
    of = tuple(sizes[s] for s in shape.split())
    return tuple(read(_class_of(kind.item.cname), v[i], sizes) for i in range(of[0])) if kind.item.cname in _ROWS else copied(v, of)


_ROWS = {"lfap_check"}  # structs that are records one by one, not rows of an array


def read(cls: Any, c: Any, sizes: dict[str, int] | None = None, **own: Any) -> Any:
    """The record of a struct, in memory of its own. `sizes`: what shapes name beside the struct's own members."""
    sizes = dict(sizes or {})
    for name, kind in cls._members.items():
        if kind.kind == "primitive" and kind.cname == "size_t":
            sizes[name] = getattr(c, _SPELLED.get(name, name))
    values = {n: _value(k, getattr(c, _SPELLED.get(n, n)), sizes, cls._shapes.get(n)) for n, k in cls._members.items() if n not in own}
    return cls(**values, **own)
