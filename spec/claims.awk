# claims.awk - spec/claims.tsv, the one list of what an enclosure can decide, -> everything that spells a claim (any POSIX awk).
#
#   awk -f spec/claims.awk -v part=PART spec/claims.tsv > FILE     table: C, lfap_claims; members: C, the order of a certificate's file
#   awk -f spec/claims.awk spec/claims.tsv FILE > FILE.new         FILE with its sections made anew
#
# A section stands between a line with `claims:begin PART` and one with `claims:end`. (The keys of a report: spec/fields.awk.)
# `make tables` does this to every file that has one. Run from the top of the tree.
#
# Columns of claims.tsv ("-": none), a claim a row; those about a set first, in the order of reports:
#   key        of the enum: LFAP_CLAIM_key
#   id         the statement, of statements.tsv
#   json       its key in reports and certificates; none: decided at points of a set
#   relation   of the certified margin to 0 for a PASS; margin: what that is
#   absent     why it would be NOT-APPLICABLE
#   place      among the claims of a certificate's file; none: not in it
#   members    of it there, in order: name:kind or name:kind:VALUE, ORACLE_VALUE of lfap_oracle.h. Kinds: verdict, holds (a verdict as true or
#              false), exact, end (enclosed on both sides), down and up (rounded that way: the margin is the least of `down` and -`up`),
#              below, above (rounded down and up, no margin), aligned, refuted (counts), ball
BEGIN {
  FS = "\t"
  COLUMNS = "key id json relation margin absent place members"
  want = split(COLUMNS, name, " ")
  while ((getline line < "spec/statements.tsv") > 0) { split(line, cell, "\t"); statement[cell[1]] = 1 }
  while ((getline line < "src/verify/lines.def") > 0)
    if (line ~ /^LINE\(/) {
      split(substr(line, 6), cell, /, */)
      judged[++lines] = cell[1]
      claim[lines] = cell[4]
      if (!(substr(cell[2], 2, length(cell[2]) - 2) in statement)) die("src/verify/lines.def: line " cell[1] " is about no statement of spec/statements.tsv")
    }
  split("verdict holds exact end down up below above aligned refuted ball", word, " ")
  for (i in word) kinds[word[i]] = 1
}

function die(message) {
  printf "%s%s\n", FILENAME ? FILENAME ":" FNR ": " : "", message > "/dev/stderr"
  failed = 1
  exit 1
}

# Prose for Markdown: what could start HTML is escaped.
function prose(s,   i, out) {
  for (i = 1; i <= length(s); i++) out = out (substr(s, i, 1) == "<" ? "\\" : "") substr(s, i, 1)
  return out
}

function text(s) { return s == "-" ? "NULL" : "\"" s "\"" }

function row(   i) {
  if (NF != want) die("a row has " want " cells, this one " NF)
  for (i = 1; i <= NF; i++) if ($i == "" || $i ~ /[^ -~]/ || $i ~ /[\\"?|]/) die("claim " $1 ": column " name[i] " is empty, or no plain text")
  if ($1 in seen) die("claim " $1 " appears twice")
  if (!($2 in statement)) die("claim " $1 ": spec/statements.tsv has no statement " $2)
  if ($3 != "-" && n > sets) die("claim " $1 " is about a set: it stands before those decided at points")
  if ($7 != "-" && $7 in file) die("claim " $1 ": place " $7 " in the file is taken")
  if ($7 != "-" && $3 == "-") die("claim " $1 " has a place in the file and no key there")
  seen[$1] = 1
  n++
  for (i = 1; i <= NF; i++) of[n, name[i]] = $i
  if ($3 != "-") sets = n
  if ($7 != "-") { file[$7] = n; places++ }
}

# ---- C

function table(   i) {
  print "/* Generated from spec/claims.tsv by spec/claims.awk. */"
  print "#include \"lfap.h\"\n"
  print "const lfap_claim_info lfap_claims[LFAP_CLAIMS] = {"
  print "    [LFAP_CLAIM_NONE] = {NULL, NULL, NULL, NULL, NULL, NULL},"
  for (i = 1; i <= n; i++)
    printf "    [LFAP_CLAIM_%s] = {%s, %s, %s, %s,\n        %s,\n        %s},\n", of[i, "key"], text(of[i, "key"]), text(of[i, "id"]), \
      text(of[i, "json"]), text(of[i, "relation"]), text(of[i, "margin"]), text(of[i, "absent"])
  print "};"
}

# The members of claim i: how many, and part[], kind[], value[] of each.
function split_members(i,   k, count, cell, bit) {
  count = split(of[i, "members"], cell, " ")
  for (k = 1; k <= count; k++) {
    value[k] = split(cell[k], bit, ":") == 3 ? bit[3] : ""
    member[k] = bit[1]
    kind[k] = bit[2]
    if (!(kind[k] in kinds)) die("claim " of[i, "key"] ": member " member[k] " is of no known kind")
    if ((kind[k] ~ /^(exact|end|down|up|below|above)$/) != (value[k] != "")) die("claim " of[i, "key"] ": member " member[k] " and its value")
  }
  return count
}

function members(   p, i, k, count, total) {
  print "/* Generated from spec/claims.tsv by spec/claims.awk. */"
  print "#include \"oracle/check/members.h\"\n"
  print "const oracle_member oracle_members[] = {"
  for (p = 1; p <= places; p++) {
    if (!(p in file)) die("no claim has place " p " in the file")
    i = file[p]
    count = split_members(i)
    total += count
    for (k = 1; k <= count; k++)
      printf "    {LFAP_CLAIM_%s, \"%s\", ORACLE_MEMBER_%s, %s},\n", of[i, "key"], member[k], toupper(kind[k]), \
        value[k] == "" ? "ORACLE_VALUES" : "ORACLE_" value[k]
  }
  print "};\n"
  print "const size_t oracle_member_count = " total ";"
}

# ---- sections

function enumeration(   i) {
  print "typedef enum {"
  print "  LFAP_CLAIM_NONE = 0,"
  for (i = 1; i <= n; i++) {
    if (i == sets + 1) printf "  LFAP_SET_CLAIMS, /* one above the last claim about a set; the others are decided at points */\n"
    printf "  LFAP_CLAIM_%s%s, /* %s: %s */\n", of[i, "key"], i == sets + 1 ? " = LFAP_SET_CLAIMS" : "", of[i, "id"], of[i, "margin"]
  }
  if (n == sets) print "  LFAP_SET_CLAIMS, /* one above the last claim about a set */\n  LFAP_CLAIMS = LFAP_SET_CLAIMS"
  else print "  LFAP_CLAIMS"
  print "} lfap_claim;"
}

function line_names(   i) {
  print "typedef enum {"
  for (i = 1; i <= lines; i++) print "  LFAP_LINE_" judged[i] ","
  print "  LFAP_LINES"
  print "} lfap_line;"
}

function reports(   i) {
  print "| key | statement | certified margin | PASS | NOT-APPLICABLE |"
  print "|---|---|---|---|---|"
  for (i = 1; i <= sets; i++)
    printf "| `%s` | %s | %s | `%s 0` | %s |\n", of[i, "json"], of[i, "id"], prose(of[i, "margin"]), of[i, "relation"], \
      of[i, "absent"] == "-" ? "never" : prose(of[i, "absent"])
}

function file_members(   p, i, k, count, all) {
  print "| key | members | certified margin |"
  print "|---|---|---|"
  for (p = 1; p <= places; p++) {
    i = file[p]
    count = split_members(i)
    all = ""
    for (k = 1; k <= count; k++) all = all (k > 1 ? ", " : "") "`" member[k] "`"
    printf "| `%s` | %s | %s |\n", of[i, "json"], all, prose(of[i, "margin"])
  }
}

function section(which) {
  if (which == "enum") enumeration()
  else if (which == "lines") line_names()
  else if (which == "reports") reports()
  else if (which == "file") file_members()
  else die("no section " which)
}

# ---- input

FNR == NR && FNR == 1 {
  for (i = 1; i <= want; i++) if ($i != name[i]) die("column " i " is \"" $i "\", expected \"" name[i] "\"")
  next
}
FNR == NR && /^$/ { next }
FNR == NR { row(); next }
inside && /claims:end/ { inside = 0 }
!inside { print }
/claims:begin/ {
  which = $0
  sub(/.*claims:begin */, "", which)
  sub(/[^a-z].*/, "", which)
  section(which)
  inside = 1
}
END {
  if (failed) exit 1
  for (i = 1; i <= lines; i++) if (claim[i] != "NONE" && !(claim[i] in seen)) die("src/verify/lines.def: line " judged[i] " has claim " claim[i] ", which is not in spec/claims.tsv")
  if (inside) { print FILENAME ": a section of claims does not end" > "/dev/stderr"; exit 1 }
  if (part == "table") table()
  else if (part == "members") members()
  if (failed) exit 1
}
