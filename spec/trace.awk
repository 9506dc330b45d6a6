# trace.awk - spec/statements.tsv -> spec/trace.md: from each statement to its proof, function, kernels and tests.
# Run from the top of the tree:  awk -f spec/trace.awk spec/statements.tsv > spec/trace.md     (any POSIX awk)
# It fails if the table names a section, function, kernel or test that is not there.
BEGIN {
  FS = "\t"
  while ((getline line < "src/lfap.h") > 0) header = header line "\n"
  while ((getline line < "spec/theory.md") > 0) theory = theory line "\n"
  while ((getline line < "proofs/coq/theorems.tsv") > 0) { split(line, cell, "\t"); theorem[cell[3] ": " cell[2]] = 1 }
  print "# Trace"
  print ""
  print "Generated from `statements.tsv` by `trace.awk`; do not edit. Proofs of statements are in `theory.md`; \"kernels\" are the files of"
  print "`src/kernel/` that do the arithmetic and are proved in the tiers `proofs/STATUS.md` lists; \"oracle\" is a second computation with"
  print "enclosures; \"tests\" are the files that hold the statement's numbers; \"machine-checked\" names theorems of `proofs/coq/`."
}

function die(message) {
  printf "%s:%d: %s\n", FILENAME, FNR, message > "/dev/stderr"
  failed = 1
  exit 1
}

function readable(path,   line, got) {
  got = (getline line < path)
  close(path)
  return got > 0
}

function present(text, word) { return index(text, word) > 0 }

# Prose for Markdown: what could start emphasis, HTML or a table cell is escaped, character by character.
function prose(s,   i, c, out) {
  for (i = 1; i <= length(s); i++) {
    c = substr(s, i, 1)
    out = out (index("\\*<|`", c) ? "\\" : "") c
  }
  return out
}

# Every item of a comma-separated cell, in code style; `none...` stays prose.
function code(cell,   part, n, i, out) {
  if (cell ~ /^none/) return cell
  n = split(cell, part, /, */)
  for (i = 1; i <= n; i++) out = out (i > 1 ? ", " : "") "`" part[i] "`"
  return out
}

NR == 1 { next }
/^$/ { next }

{
  id = $1
  if (!present(theory, "\n### " id ". ")) die("spec/theory.md has no heading \"### " id ". ...\"")
  if ($6 !~ /^none/) {
    n = split($6, part, /, */)
    for (i = 1; i <= n; i++) if (!present(header, " " part[i] "(") && !present(header, "*" part[i] "(")) die(id ": src/lfap.h declares no " part[i])
  }
  if ($7 !~ /^none/) {
    n = split($7, part, /, */)
    for (i = 1; i <= n; i++) if (!readable("src/kernel/" part[i])) die(id ": no kernel src/kernel/" part[i])
  }
  if ($9 !~ /^none/) {
    n = split($9, part, /, */)
    for (i = 1; i <= n; i++) if (!readable(part[i])) die(id ": no test " part[i])
  }
  if ($10 !~ /^none/) {
    n = split($10, chapter, /; */)
    for (i = 1; i <= n; i++) {
      split(chapter[i], half, ": ")
      k = split(half[2], part, /, */)
      for (j = 1; j <= k; j++) if (!((half[1] ": " part[j]) in theorem)) die(id ": proofs/coq/theorems.tsv has no " part[j] " in " half[1])
    }
  }
  print "\n## " id ". " $2 "\n"
  print prose($3) "\n"
  print "| | |"
  print "|---|---|"
  print "| hypothesis | " prose($4) " |"
  print "| derived in | " prose($5) " |"
  print "| computed by | " code($6) " |"
  print "| kernels | " code($7) " |"
  print "| oracle | " prose($8) " |"
  print "| tests | " code($9) " |"
  print "| machine-checked | " prose($10) " |"
}

END { if (failed) exit 1 }
