# header.awk - public headers as lfap(3): a section for each of theirs, every declaration under what its comment says.
# -v version=
function roff(s) {
  gsub(/\\/, "\\e", s)
  gsub(/-/, "\\-", s)
  if (s ~ /^[.']/) s = "\\&" s
  return s
}
function close_code() { if (code) print ".fi\n.RE"; code = 0 }
function comment_line(s) {
  sub(/^ *\/\*+ ?/, "", s); sub(/ *\*\/ *$/, "", s); sub(/^ *\* ?/, "", s); sub(/^ +/, "", s)
  if (s == "") print ".PP"
  else print roff(s)
}
BEGIN {
  printf ".TH lfap 3 \"\" \"lfap %s\" \"Library Functions\"\n.SH NAME\nlfap \\- the library of learning from adversarial perturbations\n", version
  print ".SH SYNOPSIS\n.nf\n.B #include <lfap.h>\n.B #include <lfap_certifier.h>\n.B #include <lfap_oracle.h>\n.PP"
  print "cc program.c $(pkg\\-config \\-\\-cflags \\-\\-libs lfap)\ncc program.c $(pkg\\-config \\-\\-cflags \\-\\-libs lfap\\-oracle lfap)\n.fi"
}
FNR == 1 { close_code(); first = 1; inside = 0; n = split(FILENAME, path, "/"); print ".SH " toupper(path[n]) }
/^#/ || /^extern "C"/ || /^}$/ { next }
/^\/\* ---- / { close_code(); s = $0; sub(/^\/\* ---- /, "", s); sub(/ -*-? *\*\/.*$/, "", s); sub(/ --+.*$/, "", s); print ".SS " roff(s); next }
/^ *\/\*/ && !code_block { # a comment of its own
  close_code()
  print ".PP"
  comment_line($0)
  if ($0 !~ /\*\//) inside = 1
  next
}
inside { comment_line($0); if ($0 ~ /\*\//) inside = 0; next }
/^$/ { close_code(); code_block = 0; next }
{
  if (!code) print ".PP\n.RS 2\n.nf"
  code = 1
  print roff($0)
  if ($0 ~ /{ *$/ || $0 ~ /{ *\/\*/) code_block = 1
  if ($0 ~ /^}/) code_block = 0
}
END { close_code() }
