"""Corpora: one archive a target (tests/fuzz/corpus/NAME.tar.gz), the same bytes for the same inputs; beside it what once broke a promise
(tests/fuzz/found/NAME-WHAT), which no minimising takes away."""
import glob, gzip, hashlib, io, os, tarfile

HERE = os.path.dirname(os.path.abspath(__file__))
CORPUS = os.path.join(HERE, "corpus")


def found(target):
    return sorted(glob.glob(os.path.join(HERE, "found", target + "-*")))


def path(target):
    return os.path.join(CORPUS, target + ".tar.gz")


def unpack(target, folder):
    """Its inputs as files of the folder; how many there are."""
    os.makedirs(folder, exist_ok=True)
    if not os.path.exists(path(target)):
        return 0
    with tarfile.open(path(target)) as tar:
        names = tar.getnames()
        for name in names:
            with open(os.path.join(folder, os.path.basename(name)), "wb") as f:
                f.write(tar.extractfile(name).read())
    return len(names)


def pack(target, folder):
    """All files of the folder, each under the hash of its bytes."""
    inputs = {}
    for name in os.listdir(folder):
        with open(os.path.join(folder, name), "rb") as f:
            b = f.read()
        inputs[hashlib.sha1(b).hexdigest()] = b
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name in sorted(inputs):
            info = tarfile.TarInfo(name)
            info.size = len(inputs[name])
            tar.addfile(info, io.BytesIO(inputs[name]))
    os.makedirs(CORPUS, exist_ok=True)
    with open(path(target), "wb") as f, gzip.GzipFile(filename="", fileobj=f, mode="wb", mtime=0) as z:
        z.write(raw.getvalue())
    return len(inputs)
