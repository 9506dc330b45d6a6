"""Runs the commands of spec/findings.md again and compares every figure of its tables, to the digits that are printed there (TAP).

    check_findings.py [--write] [SECTION ...]       these sections alone; --write: prints the figures anew

A block is commands, a paragraph from "Read:" on (or "Read of `bench/results/...`:", of tables that are kept because they take long), and a
table. A kept table's rows are those that have the words of the block's row in the columns of those names; they are held against the numbers of
spec/published.tsv (columns published, law, axis, difference and rule_difference), a row a pair.
"""
import csv, glob, hashlib, json, math, os, re, subprocess, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cli", "lib"))
from published import pairs
from tap import *

PATH = os.path.join(ROOT, "spec", "findings.md")
FUNCTIONS = {"mean": np.mean, "min": np.min, "max": np.max, "median": np.nanmedian, "abs": np.abs,
             "largest": lambda x: np.nanmax(np.abs(x)), "pairs": lambda x: np.count_nonzero(~np.isnan(x)),
             "phi": np.vectorize(lambda x: 0.5 * math.erfc(-x / math.sqrt(2)))}
BLOCK = re.compile(r"((?:^    lfap .*\n)+\n)?Read(?: of `([^`]+)`)?: ((?:.+\n)+)\n((?:^\|.*(?:\n|$))+)", re.M)


def cells(line):
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def blocks(page):
    """(section, commands, kept tables, {figure: expression}, rows, where the rows begin): see above."""
    for section in re.finditer(r"^## (\w+)\..*\n(?s:.*?)(?=^## |\Z)", page, re.M):
        for block in BLOCK.finditer(section[0]):
            lines = block[4].splitlines()
            rows = [dict(zip(cells(lines[0]), cells(line))) for line in lines[2:]]
            begin = section.start() + block.start(4) + sum(len(line) + 1 for line in lines[:2])
            figures = dict(re.findall(r"(?:^|, )([^`]+?) = `([^`]+)`", block[3].replace("\n", " ")))
            yield section[1], [c.split() for c in (block[1] or "").splitlines() if c], block[2], figures, rows, begin


def value(expression, source):
    """The expression with the entries of a report, named by their path, or the columns of a table."""
    found = {}

    def look(match):
        if match[0] in FUNCTIONS:
            return match[0]
        v = source
        for key in match[0].split("."):
            v = v[key]
        found[f"v{len(found)}"] = v
        return f"v{len(found) - 1}"

    v = eval(re.sub(r"[A-Za-z_][\w.]*", look, expression), {"__builtins__": {}}, {**FUNCTIONS, "found": found, **found})
    return v if isinstance(v, str) else float(v)


def columns(table):
    number = lambda text: float(text) if re.fullmatch(r"[-+]?[0-9]+(\.[0-9]*)?(e[-+]?[0-9]+)?|nan|-?inf", str(text)) else math.nan
    return {column: np.array([number(r[column]) for r in table]) for column in table[0]}


def report(commands, row):
    """Runs the commands, a table's words in the place of its capitals; the last one's report, or the table of a sweep. Each runs in a folder of
    its own that has what those before it made, and is kept: what rows have in common is run once."""
    before = None
    for i in range(len(commands)):
        words = [" ".join(row.get(word, word) for word in c).split() for c in commands[: i + 1]]
        work = os.path.join(SCRATCH, hashlib.sha256(repr(words).encode()).hexdigest()[:20])
        if not os.path.exists(work):
            os.mkdir(work)
            for name in os.listdir(before) if before else ():
                os.symlink(os.path.realpath(os.path.join(before, name)), os.path.join(work, name))
            done = subprocess.run([LFAP, *words[i][1:], "--json", "--quiet"], capture_output=True, text=True, cwd=work)
            if done.returncode not in (0, 1, 2):
                raise RuntimeError(f"{' '.join(words[i])}: exit {done.returncode}: {done.stderr}")
            with open(work + ".said", "w") as f:
                f.write(done.stdout)
        before = work
    if words[-1][1] != "sweep":
        with open(work + ".said") as f:
            return json.load(f)
    with open(os.path.join(work, words[-1][words[-1].index("--out") + 1] + ".csv")) as f:
        return columns(list(csv.DictReader(f.read().splitlines()[1:])))


def kept(pattern, row):
    """The rows of the kept tables that have what the block's row names."""
    table = []
    for path in sorted(glob.glob(os.path.join(ROOT, pattern))):
        with open(path) as f:
            table += csv.DictReader(line for line in f if not line.startswith("#"))
    table = [r for r in pairs(table) if all(r[k] == v for k, v in row.items() if k in r)]
    if not table:
        raise RuntimeError(f"{pattern}: no row with {row}")
    return columns(table)


def digits(printed):
    """(figures after the point, has it an exponent)"""
    mantissa, e, _ = printed.partition("e")
    return len(mantissa.partition(".")[2]), bool(e)


def agrees(printed, v):
    """Is v the printed word, or the printed number, rounded to its digits?"""
    if isinstance(v, str):
        return v == printed
    after, _ = digits(printed)
    return abs(v - float(printed)) <= 0.5000001 * 10.0 ** (int(printed.partition("e")[2] or 0) - after)


def anew(printed, v):
    """v as it is printed there."""
    if isinstance(v, str) or agrees(printed, v):
        return v if isinstance(v, str) else printed
    after, exponent = digits(printed)
    return re.sub(r"e([+-])0*", lambda m: "e" + m[1].strip("+"), f"{v:.{after}{'e' if exponent else 'f'}}")


def main(sections, write):
    with open(PATH) as f:
        page = f.read()
    count, lines = 0, {}
    for section, commands, tables, figures, rows, begin in blocks(page):
        if sections and section not in sections:
            continue
        for row in rows:
            told = {k: v for k, v in row.items() if k not in figures}
            where = ", ".join(f"{k} = {v}" for k, v in told.items())
            doc = kept(tables, told) if tables else report(commands, row)
            for figure, expression in figures.items():
                v = value(expression, doc)
                count += 1
                ok(agrees(row[figure], v), f"findings {section}: {figure}{' at ' + where if where else ''}", f"{v if isinstance(v, str) else format(v, '.6g')} is not {row[figure]}")
                row[figure] = anew(row[figure], v)
        lines[begin] = "".join("|" + "".join(f" {v} |" if v else " |" for v in row.values()) + "\n" for row in rows)
    ok(count >= (1 if sections else 100), "the page's tables are found", count)
    if write:
        for begin, text in sorted(lines.items(), reverse=True):
            end = begin + sum(len(line) + 1 for line in page[begin:].split("\n")[: text.count("\n")])
            page = page[:begin] + text + page[end:]
        with open(PATH, "w") as f:
            f.write(page)
    done()


main([a for a in sys.argv[1:] if a != "--write"], "--write" in sys.argv)
