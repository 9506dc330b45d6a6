"""Reading C and ACSL text without trusting the prover's view of it: which functions, loops, axioms are really there.

A kernel that is hidden from Frama-C by the preprocessor would never be proved and never be missed. So the gate finds
the functions of a file by itself, in the text and in what the compiler sees, and asks WP's report for each of them.
"""
import functools
import re
import subprocess

import tools

TOKEN = re.compile(r'''
    (?P<annotation>/\*@.*?\*/|//@[^\n]*)
  | (?P<comment>/\*.*?\*/|//[^\n]*)
  | (?P<string>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')
  | (?P<directive>^[ \t]*\#(?:[^\n\\]|\\.|\\\n)*)
  | (?P<word>[A-Za-z_]\w*)
  | (?P<newline>\n)
  | (?P<space>[ \t\r\f]+)
  | (?P<other>.)
''', re.X | re.S | re.M)


@functools.lru_cache(maxsize=8)  # one text is read for several checks in a row
def tokens(text):
    """[(kind, text, line)] without spaces, plain comments and preprocessor lines."""
    line, found = 1, []
    for match in TOKEN.finditer(text):
        kind, piece = match.lastgroup, match.group()
        if kind not in ("comment", "space", "newline", "directive"):
            found.append((kind, piece, line))
        line += piece.count("\n")
    return found


def annotations(text):
    return [piece for kind, piece, _ in tokens(text) if kind == "annotation"]


class Scan:
    """functions: {name: line}; loops: [(function, line, annotation text before it)]; balanced: braces make sense.

    Ghost code counts: a lemma written as a ghost function needs its contract and its proof like any other.
    """

    def __init__(self, text, within=None):
        self.functions, self.loops, self.balanced = {}, [], True
        self._walk(tokens(text), within)

    def _ghost(self, piece, line, within):
        inner = re.sub(r"\*/$", "", tools.GHOST.sub("", piece))
        scan = Scan(inner.replace("/@", "/*@").replace("@/", "*/"), within)
        self.functions.update({name: line + at - 1 for name, at in scan.functions.items()})
        self.loops += [(function, line + at - 1, before) for function, at, before in scan.loops]
        self.balanced = self.balanced and scan.balanced

    def _walk(self, stream, within):
        blocks, current, spec, previous = [], within, "", ""
        after_do = False
        for index, (kind, piece, line) in enumerate(stream):
            if kind == "annotation":
                if tools.GHOST.match(piece):
                    self._ghost(piece, line, current)
                else:
                    spec += piece
                continue
            if piece == "{":
                if not blocks:
                    name = function_name(stream, index)
                    if name:
                        self.functions[name] = line
                    current = name or within
                blocks.append("do" if previous == "do" else "")
            elif piece == "}":
                if not blocks:
                    self.balanced = False
                else:
                    after_do = blocks.pop() == "do"
                    if not blocks:
                        current = within
                previous, spec = "}", ""
                continue
            elif piece in ("for", "while", "do") and current:
                if not (piece == "while" and previous == "}" and after_do):
                    self.loops.append((current, line, spec))
            after_do = False
            previous = piece
            if not re.fullmatch(r"[A-Z][A-Z0-9_]*", piece):  # a macro such as LFAP_UNROLL may stand before the loop
                spec = ""
        if blocks:
            self.balanced = False


# Left out of a function's text: run-time assertions, and definitions and lemmas that happen to stand before it.
NOT_ITS_OWN = re.compile(r"/\*@\s*(assert\s+rte|logic|predicate|lemma|axiomatic|inductive|type)\b")


def function_texts(text):
    """{function: its contract, signature and body} of code printed by Frama-C."""
    stream, result = tokens(text), {}
    start, depth, name = 0, 0, None
    for index, (kind, piece, _) in enumerate(stream):
        if kind == "annotation":
            continue
        if piece == "{":
            if depth == 0:
                name = function_name(stream, index)
            depth += 1
        elif piece == "}":
            depth -= 1
        if depth == 0 and piece in ("}", ";"):
            if name:
                kept = [part for sort, part, _ in stream[start:index + 1]
                        if not (sort == "annotation" and NOT_ITS_OWN.match(part))]
                result[name] = " ".join(" ".join(kept).split())
            start, name = index + 1, None
    return result


def function_name(stream, brace):
    """The name of the function whose body opens at stream[brace], or None for a struct, enum, union or initializer."""
    at = brace - 1
    while at >= 0:
        while at >= 0 and stream[at][0] == "annotation":
            at -= 1
        if at < 0 or stream[at][1] != ")":
            return None
        depth = 0
        while at >= 0:
            depth += {")": 1, "(": -1}.get(stream[at][1], 0)
            at -= 1
            if depth == 0:
                break
        if at < 0 or stream[at][0] != "word" or stream[at][1] in ("for", "while", "if", "switch"):
            return None
        if stream[at][1] != "__attribute__":
            return stream[at][1]
        at -= 1
    return None


def compiled_functions(root, path, compiler="gcc"):
    """Functions defined in `path` after the compiler's own preprocessing, macros expanded; None without a compiler."""
    try:
        done = subprocess.run([compiler, "-E", "-std=c11", "-fopenmp", "-Isrc", "-Isrc/kernel", "-Ispec/logic", "-I.", path], cwd=root,
                              capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return None
    if done.returncode != 0:
        return None
    kept, mine = [], False
    for line in done.stdout.splitlines():
        marker = re.match(r'# \d+ "([^"]*)"', line)
        if marker:
            mine = marker.group(1) == path
        elif mine:
            kept.append(line)
    return set(Scan("\n".join(kept)).functions)


def assumptions(text):
    """Names of what the annotations assume without proof: 'axiom NAME', 'admit' (named by its label or lemma)."""
    found = []
    for piece in annotations(text):
        # a quoted string or an ACSL line comment is not a keyword
        piece = re.sub(r'"(?:\\.|[^"\\])*"', '""', piece)
        if piece.startswith("/*@"):
            piece = re.sub(r"//[^\n]*", "", piece)
        found += re.findall(r"\baxiom\s+(\w+)", piece)
        for rest in re.findall(r"\badmit\b([^;]{0,200})", piece):
            name = re.match(r"\s*(?:lemma|requires|ensures|invariant|loop\s+invariant)?\s*(\w+)\s*[:{]", rest)
            found.append("admit " + (name.group(1) if name else "unnamed"))
    return found


def lemma_lines(text):
    """{lemma: line}"""
    return {match.group(1): line + piece.count("\n", 0, match.start()) for kind, piece, line in tokens(text)
            if kind == "annotation" for match in re.finditer(r"\blemma\s+(\w+)", piece)}


def includes(text):
    """The names between quotes that a text includes."""
    return re.findall(r'^[ \t]*#[ \t]*include[ \t]+"([^"\n]+)"', text, re.M)


def recursive_logic(text):
    """Logic functions and predicates that call themselves: WP takes their equations as given, well-founded or not."""
    found = []
    for piece in annotations(text):
        for match in re.finditer(r"\b(?:logic\s+[\w\s*]+?|predicate\s+|inductive\s+)(\w+)\s*(?:\{[^}]*\})?\s*\(", piece):
            body = re.split(r";\s*\n?\s*@?\s*(?:logic|predicate|lemma|axiom|inductive)\b|;\s*@?\s*\}?\s*@?\*/",
                            piece[match.end():])[0]
            if re.search(r"\b%s\b" % match.group(1), body):
                found.append(match.group(1))
    return found
