# trace.awk - spec/statements.tsv -> spec/trace.md: from each statement to its proof, function, kernels and tests.
# Run from the top of the tree:  awk -f spec/trace.awk spec/statements.tsv > spec/trace.md     (any POSIX awk)
# It fails if the table names a section, function, kernel or test that is not there, and if a cell is empty ("none...")
# without being listed between the `gaps` markers of spec/soundness.md, or listed without being empty.
BEGIN {
  FS = "\t"
  while ((getline line < "src/lfap.h") > 0) header = header line "\n"
  while ((getline line < "spec/theory.md") > 0) theory = theory line "\n"
  while ((getline line < "proofs/coq/theorems.tsv") > 0) { split(line, cell, "\t"); theorem[cell[3] ": " cell[2]] = 1 }
  while ((getline line < "proofs/manifest.tsv") > 0) if (split(line, cell, "\t") == 4 && line !~ /^#/) goals[cell[1], cell[3]] += cell[4]
  while ((getline line < "spec/soundness.md") > 0) {
    if (line ~ /<!-- gaps:begin -->/) inside = 1
    else if (line ~ /<!-- gaps:end -->/) inside = 0
    else if (inside && match(line, /`[^`]+`/)) gap[substr(line, RSTART + 1, RLENGTH - 2)] = 1
  }
  split("function kernels oracle tests machine-checked", column, " ")
  print "# Trace"
  print ""
  print "Generated from `statements.tsv` by `trace.awk`; do not edit. Proofs of statements are in `theory.md`; \"kernels\" are the files of"
  print "`src/kernel/` that do the arithmetic and are proved in the tiers `proofs/STATUS.md` lists; \"oracle\" is a second computation with"
  print "enclosures; \"proof goals\" counts what the manifest holds for these kernels; \"tests\" are the files that hold the statement's numbers; \"machine-checked\" names theorems of `proofs/coq/`."
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

# A kernel by its name alone, or a file of lemmas by its path.
function at(name) { return name ~ /\// ? name : "src/kernel/" name }

# Goals of a comma-separated list of kernels and their headers, tier by tier.
function counted(cell,   part, n, i, t, tier, file, sum, out) {
  if (cell ~ /^none/) return cell
  n = split(cell, part, /, */)
  split("safety real value", tier, " ")
  for (t = 1; t <= 3; t++) {
    sum = 0
    for (i = 1; i <= n; i++) {
      file = at(part[i])
      sum += goals[file, tier[t]]
      sub(/\.c$/, ".h", file)
      sum += goals[file, tier[t]]
    }
    if (sum) out = out (out ? ", " : "") sum " " tier[t]
  }
  return out ? out : "none"
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
    for (i = 1; i <= n; i++) if (!readable(at(part[i]))) die(id ": no kernel " at(part[i]))
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
  for (i = 1; i <= 5; i++) {
    name = id " " column[i]
    if ($(5 + i) !~ /^(none.*)?$/) continue
    if (!(name in gap)) die("nothing under \"" column[i] "\" for " id ": fill the cell, or list `" name "` as a known gap in spec/soundness.md")
    met[name] = 1
  }
  if (counted($7) ~ /^none/ && !((id " kernels") in gap)) die(id ": no goal of its kernels is in proofs/manifest.tsv")
  print "\n## " id ". " $2 "\n"
  print prose($3) "\n"
  print "| | |"
  print "|---|---|"
  print "| hypothesis | " prose($4) " |"
  print "| derived in | " prose($5) " |"
  print "| computed by | " code($6) " |"
  print "| kernels | " code($7) " |"
  print "| proof goals | " counted($7) " |"
  print "| oracle | " prose($8) " |"
  print "| tests | " code($9) " |"
  print "| machine-checked | " prose($10) " |"
}

END {
  if (failed) exit 1
  for (name in gap) if (!(name in met)) {
    printf "spec/soundness.md lists `%s` as a gap; spec/statements.tsv fills that cell\n", name > "/dev/stderr"
    exit 1
  }
}
