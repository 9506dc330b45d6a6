"""Runs the commands of spec/findings.md again and compares every figure of its tables, to the digits that are printed there (TAP)."""
import csv, json, math, os, re, subprocess, sys, tempfile
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cli", "lib"))
from tap import *

PAGE = open(os.path.join(ROOT, "spec", "findings.md")).read()
FUNCTIONS = {"mean": np.mean, "min": np.min, "max": np.max, "phi": np.vectorize(lambda x: 0.5 * math.erfc(-x / math.sqrt(2)))}


def cells(line):
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def blocks():
    """(section, commands, {figure: expression}, rows): commands, the lines from Read on, the table below them."""
    for section in PAGE.split("\n## ")[1:]:
        for block in re.finditer(r"((?:^    lfap .*\n)+)\nRead: ((?:.+\n)+)\n((?:^\|.*\n)+)", section + "\n", re.M):
            lines = block[3].splitlines()
            rows = [dict(zip(cells(lines[0]), cells(line))) for line in lines[2:]]
            yield section.split(".")[0], [c.split() for c in block[1].splitlines()], dict(re.findall(r"(?:^|, )([^`]+?) = `([^`]+)`", block[2].replace("\n", " "))), rows


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


def report(commands, row):
    """Runs the commands, a table's words in the place of its capitals; the last one's report, or the table of a sweep."""
    with tempfile.TemporaryDirectory() as work:
        for command in commands:
            words = " ".join(row.get(word, word) for word in command).split()
            done = subprocess.run([LFAP, *words[1:], "--json", "--quiet"], capture_output=True, text=True, cwd=work)
            if done.returncode not in (0, 1, 2):
                raise RuntimeError(f"{' '.join(words)}: exit {done.returncode}: {done.stderr}")
        if words[1] != "sweep":
            return json.loads(done.stdout)
        lines = open(os.path.join(work, words[words.index("--out") + 1] + ".csv")).read().splitlines()[1:]
        table = list(csv.DictReader(lines))
        number = lambda text: float(text) if re.fullmatch(r"[-+]?[0-9.]+(e[-+]?[0-9]+)?|nan|-?inf", text) else math.nan
        return {column: np.array([number(r[column]) for r in table]) for column in table[0]}


def agrees(printed, v):
    """Is v the printed word, or the printed number, rounded to its digits?"""
    if isinstance(v, str):
        return v == printed
    mantissa, _, exponent = printed.partition("e")
    unit = 10.0 ** (int(exponent or 0) - len(mantissa.partition(".")[2]))
    return abs(v - float(printed)) <= 0.5000001 * unit


if __name__ == "__main__":
    count = 0
    for section, commands, figures, rows in blocks():
        for row in rows:
            where = ", ".join(f"{k} = {v}" for k, v in row.items() if k not in figures)
            doc = report(commands, row)
            for figure, expression in figures.items():
                v = value(expression, doc)
                count += 1
                ok(agrees(row[figure], v), f"findings {section}: {figure}{' at ' + where if where else ''}", f"{v if isinstance(v, str) else format(v, '.6g')} is not {row[figure]}")
    ok(count >= 100, "the page's tables are found", count)
    done()
