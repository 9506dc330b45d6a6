"""The authors' published accuracies as cells of a sweep, typed a second time, and a table's rows beside them."""
import collections, math, os

PUBLISHED = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", "..", "..", "spec", "published.tsv"))

D = [100, 500, 1000, 2500, 5000, 7500, 10000]
N = [1000, 2000, 3000, 5000, 7000, 10000]
N_ADV = [1, 10, 100, 500, 1000, 1500, 2500, 5000, 7500, 10000]
L2_OF_D = dict(zip(D, [0.078, 0.17, 0.24, 0.39, 0.55, 0.67, 0.78]))
L2 = [0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.78]
LINF = [0.001, 0.005, 0.01, 0.015, 0.02, 0.03]
L0 = [0.0001, 0.0004, 0.0008, 0.001, 0.002, 0.004, 0.006, 0.008, 0.01, 0.02, 0.03, 0.04, 0.05]
SEED = {"uniform": 5, "gauss": 2}
Cell = collections.namedtuple("Cell", "law norm d n n_adv eps k seed")


def cell(law, norm, d=10000, n=1000, n_adv=10000, eps=None, share=0.05):
    eps = {"l2": L2_OF_D[d], "linf": 0.03, "l0": 0.3}[norm] if eps is None else eps
    return Cell(law, norm, d, n, n_adv, eps, max(1, int(share * d)) if norm == "l0" else 0, SEED[law])


with open(PUBLISHED, encoding="ascii") as f:
    lines = [l.rstrip("\n") for l in f if not l.startswith("#")]
numbers = [dict(zip(lines[0].split("\t"), l.split("\t"))) for l in lines[1:]]


def cell_of(r):
    v = float(r["value"])
    return cell(r["law"], r["norm"], **{r["axis"]: int(v) if r["axis"] in ("d", "n", "n_adv") else v})


def fits(p, row):
    c = cell_of(p)
    return (row["data"], row["norm"], int(row["d"]), int(row["n"]), int(row["n_adv"]), float(row["eps"]), int(row["k"])) == c[:7] and row["gamma"] == "0.01" and row["base"] == "noise"


def pairs(table):
    """The rows with what was published of their cell, one for each curve that it is on, or nan."""
    for row in table:
        mine = [p for p in numbers if fits(p, row)] or [{"axis": "", "law": row["data"], "accuracy": "nan", "within": "nan"}]
        for p in mine:
            published, rule = float(p["accuracy"]), float(row["rule"])
            yield row | {"law": p["law"], "axis": p["axis"], "published": published, "within": float(p["within"]), "difference": float(row["acc"]) - published,
                         "rule_difference": 0.5 * (1 + math.erf(rule / math.sqrt(2))) - published}
