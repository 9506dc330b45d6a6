# markdown.awk - a page of spec/ as a manual page, for the Markdown that these pages use: headings, paragraphs, lists,
# tables, code. -v title= -v section= -v version= -v brief=
function roff(s) {
  gsub(/\\/, "\\e", s)
  gsub(/-/, "\\-", s)
  return s
}
function inline(s,   out, part, n, i) {
  s = roff(s)
  while (match(s, /\[[^]]*\]\([^)]*\)/)) { # links: their text
    part = substr(s, RSTART, RLENGTH)
    sub(/^\[/, "", part); sub(/\]\(.*$/, "", part)
    s = substr(s, 1, RSTART - 1) part substr(s, RSTART + RLENGTH)
  }
  gsub(/\*\*/, "", s)
  while (match(s, /\*[A-Za-z][^*`]*[^*` ]\*/)) # emphasis
    s = substr(s, 1, RSTART - 1) "\\fI" substr(s, RSTART + 1, RLENGTH - 2) "\\fR" substr(s, RSTART + RLENGTH)
  n = split(s, half, "`")
  for (i = 1; i <= n; i++) out = out (i == 1 ? "" : i % 2 ? "\\fR" : "\\fB") half[i]
  if (n && n % 2 == 0) out = out "\\fR"
  return out
}
function text(s) { s = inline(s); if (s ~ /^[.']/) s = "\\&" s; print s }
function close_code() { if (code) print ".fi\n.RE"; code = 0 }
# A row is an item: its first cell names it, the others follow; of more than two columns each with its heading.
function close_table(   i, j) {
  for (i = 2; i <= rows; i++) {
    print ".TP"
    print cell[i, 1] == "" ? "\\&" : cell[i, 1]
    for (j = 2; j <= columns; j++)
      if (cell[i, j] != "") print (columns > 2 ? "\\fI" cell[1, j] ":\\fR " : "") cell[i, j] (j < columns && cell[i, j] !~ /[.;]$/ ? ";" : "")
  }
  if (rows) blank = 1
  rows = columns = 0
}
BEGIN {
  printf ".TH %s %s \"\" \"lfap %s\" \"lfap\"\n.SH NAME\n%s \\- %s\n", title, section, version, title, brief
  print ".nh\n.ad l"
}
/^```/ { close_table(); if (fence) { close_code(); fence = 0 } else { print ".PP\n.RS 4\n.nf"; code = fence = 1 } next }
fence { s = roff($0); if (s ~ /^[.']/) s = "\\&" s; print s; next }
/^# / { next }
/^<!--/ { next }
/^## / { close_code(); close_table(); print ".SH " toupper(inline(substr($0, 4))); blank = 0; next }
/^###+ / { close_code(); close_table(); sub(/^#+ /, ""); print ".SS " inline($0); blank = 0; next }
/^\|/ {
  close_code()
  if ($0 ~ /^\|[-:| ]+\|$/) next
  line = $0
  sub(/^\| */, "", line); sub(/ *\|[ \t]*$/, "", line)
  gsub(/\\\|/, "\002", line)
  n = split(line, part, / *\| */)
  rows++
  if (n > columns) columns = n
  for (j = 1; j <= n; j++) {
    gsub(/\002/, "|", part[j])
    cell[rows, j] = inline(part[j])
    if (cell[rows, j] ~ /^[.']/) cell[rows, j] = "\\&" cell[rows, j]
  }
  next
}
{ close_table() }
/^    / && (blank || code) {
  if (!code) print ".PP\n.RS 4\n.nf"
  code = 1
  s = roff(substr($0, 5))
  if (s ~ /^[.']/) s = "\\&" s
  print s
  next
}
/^$/ { if (!code) blank = 1; next }
{ close_code() }
/^ *[-*] / { sub(/^ *[-*] /, ""); print ".IP \\(bu 2"; text($0); blank = 0; next }
{ if (blank) print ".PP"; blank = 0; sub(/^ +/, ""); text($0) }
END { close_code(); close_table() }
