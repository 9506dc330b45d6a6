# statements.awk - spec/statements.tsv -> C: the table behind `lfap explain` (struct lfap_statement in src/lfap.h).
# Usage: awk -f spec/statements.awk spec/kernels.tsv spec/statements.tsv > statements.c     (any POSIX awk)
# What a statement's functions link to (kernels.tsv) stands before its lemmas, together its `proofs`.
BEGIN {
  FS = "\t"
  COLUMNS = "id title text hypothesis derived function lemmas oracle tests coq"
  want = split(COLUMNS, name, " ")
}

# A cell as a C string literal, cut into pieces of 100 bytes: C99 guarantees 4095 characters after joining.
# Escaping is done character by character, because sub() reads backslashes differently from awk to awk.
function literal(s,   out, piece, i, c) {
  out = ""; piece = ""
  for (i = 1; i <= length(s); i++) {
    c = substr(s, i, 1)
    if (c == "\\" || c == "\"" || c == "?") piece = piece "\\" c # "?" so that no trigraph can appear
    else piece = piece c
    if (i % 100 == 0) { out = out "\"" piece "\"\n    "; piece = "" }
  }
  return out "\"" piece "\""
}

function die(message) {
  printf "%s:%d: %s\n", FILENAME, FNR, message > "/dev/stderr"
  failed = 1
  exit 1
}

# The kernels of a comma-separated list of functions, each once, by name: kernels.tsv is sorted by function, then kernel.
function kernels(cell,   part, n, i, k, met, out, next_one) {
  if (cell ~ /^none/) return ""
  n = split(cell, part, /, */)
  for (i = 1; i <= n; i++) {
    if (!(part[i] in linked)) die("spec/kernels.tsv has no function " part[i] "; run make trace")
    k = k linked[part[i]]
  }
  n = split(k, part, " ")
  while (1) {
    next_one = ""
    for (i = 1; i <= n; i++) if (!(part[i] in met) && (next_one == "" || part[i] < next_one)) next_one = part[i]
    if (next_one == "") return out
    met[next_one] = 1
    out = out (out ? ", " : "") next_one
  }
}

function joined(a, b) { return a == "" ? b : b ~ /^none/ ? a : a ", " b }

/^#/ { next }

NR == FNR { # kernels.tsv: function, kernel, ...; of headers nothing
  if (!($1 in linked)) linked[$1] = ""
  if ($2 ~ /[.]c$/) linked[$1] = linked[$1] " " $2
  next
}

FNR == 1 {
  for (i = 1; i <= want; i++) if ($i != name[i]) die("column " i " is \"" $i "\", expected \"" name[i] "\"")
  print "/* Generated from spec/statements.tsv by spec/statements.awk. */"
  print "#include \"lfap.h\"\n"
  print "const lfap_statement lfap_statements[] = {"
  next
}

/^$/ { next }

{
  if (NF != want) die("a record has " want " cells, this one " NF)
  if ($1 in seen) die("statement " $1 " appears twice")
  for (i = 1; i <= NF; i++) {
    if ($i == "") die("statement " $1 ": empty cell in column " name[i])
    if ($i ~ /[^ -~]/) die("statement " $1 ": column " name[i] " is not plain ASCII")
  }
  seen[$1] = 1
  $7 = joined(kernels($6), $7)
  count++
  for (i = 1; i <= NF; i++) printf "%s%s%s\n", (i == 1 ? "  {" : "   "), literal($i), (i < NF ? "," : "},")
}

END {
  if (failed) exit 1
  if (count == 0) { print "no statements" > "/dev/stderr"; exit 1 }
  print "};\n"
  print "const size_t lfap_statement_count = sizeof lfap_statements / sizeof lfap_statements[0];"
}
