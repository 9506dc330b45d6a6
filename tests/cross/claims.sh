#!/bin/sh
# spec/claims.tsv and src/verify/lines.def are what every file says that `make tables` writes; a claim that is added or removed shows
# in each of them, and a row that cannot be is refused by name (TAP).
tmp=$(mktemp -d) || exit 1
count=0
tell() { # ok-or-not name
  count=$((count + 1))
  if [ "$1" -eq 0 ]; then echo "ok $count - $2"; else echo "not ok $count - $2"; fi
}
made() { # claims file
  case $2 in
    *.json) awk -v make=report.schema.json -v claims="$1" -f spec/fields.awk spec/fields.tsv 2>&1 ;;
    *) awk -f spec/claims.awk "$1" "$2" 2>&1 ;;
  esac
}
tables=$(sed -n 's/^TABLES := //p' Makefile)
for file in $tables; do
  made spec/claims.tsv "$file" | cmp -s - "$file"
  tell $? "$file is up to date (make tables)"
done
[ "$(grep -rl 'claims:begin [a-z]' src spec oracle --include='*.h' --include='*.md' | wc -l)" -eq "$(echo "$tables" | wc -w)" ]
tell $? "every file with such a section is made by make tables"

# what a statement is called, and where it comes, stands in statements.tsv; the theory and README's table of cases follow
names() { awk -F '\t' '{ print $1 "\t" toupper(substr($2, 1, 1)) substr($2, 2) }'; }
list=$(sed 1d spec/statements.tsv | names)
follows() { # page, what is said there
  [ -n "$list" ] && [ "$2" = "$list" ]
  tell $? "$1: statements by the names and in the order of spec/statements.tsv"
}
follows spec/theory.md "$(sed -n 's/^### \([A-Z][0-9]*\)[.] \([^(]*[^( ]\) *(.*/\1\t\2/p' spec/theory.md)"
follows README.md "$(sed -n '/cases:begin/,/cases:end/s/^| \([A-Z][0-9]*\) | \([^|]*[^| ]\) |.*/\1\t\2/p' README.md | names)"

# and the numbers of the paper stand beside each
while read -r number; do
  grep -qF "$number" spec/theory.md
  tell $? "theory.md has the paper's $number beside a statement"
done <<EOF
$(sed -n 's/^| \([^|]*\) |.*/\1/p' spec/paper.md | grep -oE '(Definition|Theorem|Corollary|equation|Appendix) \(?[0-9A-Z.]+\)?')
EOF

# a line of the table is added somewhere: NAME_MAX may come from NAME_MIN, as its successor
idle=
for key in $(sed -n 's/^LINE(\([A-Z0-9_]*\),.*/\1/p' src/verify/lines.def); do
  grep -rqE "LFAP_LINE_${key%_MAX}(_MIN)?\>|ADD\([a-z0-9]+, $key," src oracle --include='*.c' || idle="$idle $key"
done
[ -z "$idle" ]
tell $? "every line of lines.def is added by some code:${idle:- none is idle}"

# a claim more, about T3, and one less
next=$(awk -F '\t' '$7 + 0 > most { most = $7 } END { print most + 1 }' spec/claims.tsv)
awk -v place="$next" 'BEGIN { FS = OFS = "\t" } { print } $1 == "C1" { print "NEW", "T3", "T3_new", ">", "a slack", "-", place, "verdict:verdict slack:down:U_MIN" }' \
  spec/claims.tsv > "$tmp/more.tsv"
grep -v '^Q1' spec/claims.tsv > "$tmp/less.tsv"
for file in src/lfap.h spec/formats.md spec/certificate.md spec/report.schema.json; do
  made "$tmp/more.tsv" "$file" | diff - "$file" | grep -q '^<.*NEW\|^<.*T3_new'
  tell $? "a claim that is added shows in $file"
  made "$tmp/less.tsv" "$file" > "$tmp/less.out"
  diff "$tmp/less.out" "$file" | grep -q '^>.*Q1'
  tell $? "a claim that is removed shows in $file"
done
for part in table members; do
  awk -v part=$part -f spec/claims.awk "$tmp/more.tsv" | grep -q 'LFAP_CLAIM_NEW'
  tell $? "and in C, $part"
done
made "$tmp/less.tsv" src/lfap.h | grep -q 'line Q1 has claim Q1, which is not in spec/claims.tsv'
tell $? "a line of a claim that is removed is named"

refused() { # name, what is said, awk program
  awk 'BEGIN { FS = OFS = "\t" } '"$3" spec/claims.tsv > "$tmp/bad.tsv"
  out=$(made "$tmp/bad.tsv" src/lfap.h)
  code=0
  awk -v part=members -f spec/claims.awk "$tmp/bad.tsv" > "$tmp/out" 2>&1 && code=1
  echo "$out" | cat - "$tmp/out" | grep -q "$2" || code=1
  tell $code "$1 is refused"
}
refused "a statement that is not there" 'no statement X9' '$1 == "T2" { $2 = "X9" } 1'
refused "a key twice" 'claim T1 appears twice' '{ print } $1 == "T1" { $7 = 9; print }'
refused "a place twice" 'place 3 in the file is taken' '$1 == "T1" { $7 = 3 } 1'
refused "a gap in the places" 'no claim has place 4' '$1 == "POST" { $7 = 9 } 1'
refused "an empty cell" 'column margin is empty' '$1 == "C1" { $5 = "" } 1'
refused "a member of no kind" 'of no known kind' '$1 == "C1" { $8 = $8 " more:less" } 1'
refused "a claim about a set behind those at points" 'stands before those decided at points' '{ print } END { print "NEW", "T3", "T3_new", ">", "a slack", "-", "-", "-" }'
rm -rf "$tmp"
echo "1..$count"
