#!/usr/bin/python3
"""The NPY header parser (src/kernel/npy_header.c) against NumPy's own, TAP on stdout.

What numpy.save writes is read as what it is. Of damaged headers, whatever the parser accepts NumPy accepts too, with
the same dtype and shape; the other way round the parser may be stricter (NumPy takes any Python literal).
"""
import ctypes
import io
import itertools
import os
import random
import subprocess
import sys
import tempfile
import warnings

import numpy as np

ROUNDS = 50000
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
DTYPES = ["f8", "f4", "f2", "b1", "u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8"]  # in the order of lfap_npy_dtype
SEEDS = ["{'descr': '<f8', 'fortran_order': False, 'shape': (3,), }",
         "{'descr': '<f4', 'fortran_order': False, 'shape': (12, 5), }",
         "{\"shape\":(7,1,),\"descr\":\"|i1\",\"fortran_order\":False}",
         " { 'fortran_order' : False , 'shape' : ( 1 , 20 ) , 'descr' : '<i4' }\n\n",
         "{u'descr': u'>u2', u'fortran_order': True, u'shape': (12L, 5L, 2L)}", "{'descr': '|b1', 'fortran_order': False, 'shape': (2, 3, 4, 5), }"]
SYMBOLS = "{}()[]'\",: \n\t\\0123456789<>|=fiubOTLtruesehapL"


class Info(ctypes.Structure):
    _fields_ = ([(name, ctypes.c_int) for name in ("dtype", "big", "fortran")] + [(name, ctypes.c_size_t) for name in ("itemsize", "ndim")]
                + [("dim", 4 * ctypes.c_size_t)] + [(name, ctypes.c_size_t) for name in ("rows", "cols", "offset")])


def load(directory):
    library = os.path.join(directory, "npy_header.so")
    source = os.path.join(ROOT, "src", "kernel", "npy_header.c")
    subprocess.run([os.environ.get("CC", "gcc"), "-shared", "-fPIC", "-O2", "-o", library, source], check=True)
    parse = ctypes.CDLL(library).lfap_npy_header
    parse.argtypes = [ctypes.POINTER(Info), ctypes.c_char_p, ctypes.c_size_t, ctypes.c_size_t]
    return parse


def ours(parse, data, total):
    """(dtype, shape, Fortran order, offset) or None."""
    info = Info()
    if parse(ctypes.byref(info), data, len(data), total) != 0:
        return None
    return np.dtype("<>"[info.big] + DTYPES[info.dtype]), tuple(info.dim[:info.ndim]), bool(info.fortran), info.offset


def numpys(data):
    stream = io.BytesIO(data)
    try:
        version = np.lib.format.read_magic(stream)
        read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        shape, fortran, dtype = read(stream)
    except Exception:  # noqa: BLE001 - whatever NumPy raises is a refusal
        return None
    return dtype, shape, fortran, stream.tell()


def saved(parse):
    """Arrays that were read as something else than they are."""
    wrong = []
    for descr, shape, version, fortran in itertools.product([order + name for name in DTYPES for order in "<>"],
                                                            [(1,), (7,), (65537,), (1, 1), (2, 3), (1000, 3), (3, 1000), (2, 3, 4), (1, 1, 1), (5, 3, 2, 2)],
                                                            [(1, 0), (2, 0), (3, 0)], [False, True]):
        a = np.ones(shape, dtype=descr, order="F" if fortran else "C")
        stream = io.BytesIO()
        np.lib.format.write_array(stream, a, version)
        data = stream.getvalue()
        offset = len(data) - a.itemsize * a.size
        if ours(parse, data, len(data)) != (np.dtype(descr), shape, fortran and not a.flags.c_contiguous, offset):
            wrong.append((descr, shape, version))
    return wrong


def damaged(text, rng):
    letters = list(text)
    for _ in range(rng.randint(0, 3)):
        kind, at = rng.randrange(4), rng.randrange(len(letters) + 1)
        if kind == 0:
            letters[at:at + 1] = rng.choice(SYMBOLS)
        elif kind == 1:
            letters[at:at] = rng.choice(SYMBOLS)
        elif kind == 2:
            del letters[at:at + rng.randint(1, 3)]
        else:
            start = rng.randrange(len(letters))
            letters[at:at] = letters[start:start + rng.randint(1, 6)]
        letters = letters or ["{"]
    # a line break in front is white space to the parser and an indentation error to Python
    return "".join(letters).lstrip("\n\r\f\v")


def compare(parse):
    rng, both, wrong = random.Random(1), 0, []
    for _ in range(ROUNDS):
        header = damaged(rng.choice(SEEDS), rng).encode("latin1")
        version = rng.choice([1, 2])
        data = b"\x93NUMPY" + bytes([version, 0]) + len(header).to_bytes(2 * version, "little") + header
        mine = ours(parse, data, 2 ** 62)
        if mine is None:
            continue
        both += 1
        if mine != numpys(data):
            wrong.append(header)
    return both, wrong


def main():
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as directory:
        parse = load(directory)
        wrong = saved(parse)
        print("%s 1 - what numpy.save writes is read as what it is" % ("not ok" if wrong else "ok"))
        for case in wrong[:5]:
            print("# %s %s version %s" % case)
        both, bad = compare(parse)
        good = not bad and both > ROUNDS // 10
        print("%s 2 - what the parser accepts of %d damaged headers NumPy accepts as the same (%d)"
              % ("ok" if good else "not ok", ROUNDS, both))
        for header in bad[:5]:
            print("# %r" % header)
        print("1..2")
    return 0 if good and not wrong else 1


if __name__ == "__main__":
    sys.exit(main())
