"""Learning from perturbations over a grid of sizes (R1, T3, T4)."""
from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from ._c import Call, Progress, UsageError, ffi, lib, text, word
from ._records import Record

# Axes whose values are words: the names of an enumeration, in its order.
_WORDS = {"data": "lfap_study_kind_name", "base": "lfap_study_base_name", "method": "lfap_study_method_name"}
_HIDDEN = "check"  # the checksum of a row in a file


@dataclass(frozen=True, repr=False, eq=False)
class Sweep(Record):
    """The rows of `lfap sweep --format jsonl`, a dictionary each; `sweep["acc"]` is a column, NaN where a row has none."""

    rows: list[dict[str, Any]]

    def __repr__(self) -> str:
        return f"Sweep({len(self.rows)} rows of {', '.join(self.rows[0]) if self.rows else 'nothing'})"

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return iter(self.rows)

    def __getitem__(self, column: str) -> Any:
        return np.array([np.nan if r[column] is None else r[column] for r in self.rows])


def _axis(name: str, value: Any) -> list[float]:
    values = list(value) if isinstance(value, (list, tuple, range, np.ndarray)) else [value]
    names = [text(n) for n in getattr(lib, _WORDS[name])] if name in _WORDS else []
    for v in values:
        if isinstance(v, str) and name != "norm" and v not in names:
            raise UsageError(f"{name}={v!r}: " + (f"give one of {', '.join(names)}" if names else "give a number"))
    if not values or len(values) > lib.LFAP_AXIS or len(set(values)) < len(values):
        raise UsageError(f"{name}: give from 1 to {lib.LFAP_AXIS} values, none of them twice")
    return [word("norm", "lfap_norm", "LFAP_", v) if name == "norm" else names.index(v) if names else float(v) for v in values]


def _set(axis: Any, values: list[float]) -> None:
    axis.v[0:len(values)], axis.n = values, len(values)


def _set_each(name: str, parts: Any, value: Any) -> None:
    """An axis of its own for each norm (eps) or kind of data (seed): values for all of them, or by name."""
    names = [text(lib.lfap_norm_name(n)) for n in range(len(parts))] if name == "eps" else [text(n) for n in lib.lfap_study_kind_name]
    for part, v in (value if isinstance(value, dict) else dict.fromkeys(names, value)).items():
        if part not in names:
            raise UsageError(f"{name}: {part!r}: give some of {', '.join(names)}")
        _set(parts[names.index(part)], _axis(name, v))


def _grid(k: Call, preset: str | None, scale: str, source: str | None, arithmetic: str | None, axes: dict[str, Any]) -> Any:
    grid = k.new("lfap_grid")
    if preset is not None and not lib.lfap_grid_preset(grid, preset.encode(), scale == "paper"):
        raise UsageError(f"preset={preset!r}: give one of {', '.join(text(p) for p in lib.lfap_preset_name)}")
    kinds = {n: member.type for n, member in ffi.typeof("lfap_grid").fields}
    known = [n for n, kind in kinds.items() if "lfap_axis" in kind.cname]
    for name, value in axes.items():
        if name not in known:
            raise UsageError(f"{name}: no axis of a sweep; give some of {', '.join(sorted(known))}")
        if kinds[name].kind == "array":
            _set_each(name, getattr(grid, name), value)
        else:
            _set(getattr(grid, name), _axis(name, value))
    if source is not None:
        setattr(grid, "from", word("source", "lfap_study_from", "LFAP_FROM_", source))
    if arithmetic is not None:
        grid.arithmetic = word("arithmetic", "lfap_arithmetic", "LFAP_ARITHMETIC_", arithmetic)
    return grid


def _pixels(k: Call, grid: Any, o: Any) -> None:
    if lib.LFAP_STUDY_FASHION in [int(v) for v in grid.data.v[0:grid.data.n]]:
        height, width = k.new("size_t"), k.new("size_t")
        k(lib.lfap_images_shape(k.ctx, height, width, o.images))
        grid.pixels = height[0] * width[0]


def _row(k: Call, head: Any, index: int, cell: Any, row: Any) -> dict[str, Any]:
    line = k.new("lfap_text")
    lib.lfap_table_put_row(line, head, index, cell, row, lib.LFAP_TABLE_JSONL)
    k(line.status)
    out = json.loads(ffi.string(line.bytes, line.len))
    lib.lfap_text_free(line)
    out.pop(_HIDDEN, None)
    return out


def sweep(*, preset: str | None = None, scale: str = "small", source: str | None = None, arithmetic: str | None = None,
          epochs: int | None = None, log_loss_target: float | None = None, probes: int | None = None, classes: tuple[int, int] | None = None,
          images: str | None = None, threads: int = 1, progress: Progress | None = None, **axes: Any) -> Sweep:
    """Every cell of a grid, as `lfap sweep` runs it. Axes take a value or a list: method, data, gamma, d, n, m, seed, base, n_adv,
    norm, eps, share; eps may be by norm and seed by kind of data, as {"l2": [...], ...}. preset and scale give the paper's.

    >>> import lfap
    >>> curve = lfap.sweep(d=[200, 400], n=10, n_adv=20, seed=0)
    >>> curve["d"].tolist(), len(curve)
    ([200, 400], 2)
    """
    with Call(threads, progress) as k:
        study = k.new("lfap_study", lib.lfap_study_free)
        lib.lfap_study_defaults(ffi.addressof(study, "o"))
        given = {"log_loss_target": log_loss_target, "probes": probes}
        for name, value in given.items():
            if value is not None:
                setattr(study.o, name, value)
        if classes is not None:
            study.o.class_pos, study.o.class_neg = classes
        if images is not None:
            study.o.images = k.keep(ffi.new("char[]", images.encode()))
        grid = _grid(k, preset, scale, source, arithmetic, axes)
        _pixels(k, grid, study.o)
        if epochs is not None:
            grid.epochs = epochs
        if grid.epochs:
            study.o.epochs = grid.epochs
        cells, count = k.new("lfap_cell *"), k.new("size_t")
        k(lib.lfap_grid_cells(k.ctx, cells, count, grid))
        k.keep(ffi.gc(cells[0], lib.free))
        head, row, rows = k.new("lfap_table_head", cells=count[0], shard=1, shards=1), k.new("lfap_row"), []
        for i in range(count[0]):
            k(lib.lfap_tick(k.ctx, b"cell", i, count[0]))
            k(lib.lfap_study_run(k.ctx, row, study, cells[0] + i))
            rows.append(_row(k, head, i, cells[0] + i, row))
        return Sweep(rows)
