# fields.awk - spec/fields.tsv, the table of every field that is reported, becomes what has to agree with it.
# Usage, with any POSIX awk:
#   awk -v make=FILE -f spec/fields.awk spec/fields.tsv [spec/formats.md] > FILE
# FILE is fields.h or fields.c (the functions that write a report), keys.h (LFAP_KEY_..., for whoever reads one),
# report.schema.json, or formats.md (that file with its tables of keys anew).
#
# A row is a field: the record it is in, its key (a.b: b in the object a, which has a row of its own; <norm>: one for
# each), its type, C for its value (`r` is the record's struct, `c` the cli; -: the member of the key's name; P # N: N
# items from P; *: written elsewhere), C for when it is there (-: always), its words in a table for people (=: the key;
# -: none), and what it means. The row `*` of a record has its struct, whether more keys may stand there (open), its
# verb and what the record is. `+x` takes in the fields of the record x. The row of <norm> has the head of a loop, the
# name there, which of them (-: all), and the names (or where they stand).
BEGIN {
  FS = "\t"
  if (claims == "") claims = "spec/claims.tsv"
  split("record key type from when text meaning", column, " ")
}

function die(message) {
  printf "%s:%d: %s\n", FILENAME, FNR, message > "/dev/stderr"
  failed = 1
  exit 1
}

# Names that another table has: the claims of a data set; the norms.
function names_of(words,   line, part, all, but, n, i) {
  if (words == "json of spec/claims.tsv") {
    while ((getline line < claims) > 0)
      if (split(line, part, "\t") > 2 && part[3] !~ /^(json|-)$/) all = all (all == "" ? "" : " ") part[3]
    close(claims)
    if (all == "") die("no claims in " claims)
    return all
  }
  if (words == "NEXT of src/perturb/norm.h") {
    while ((getline line < "src/perturb/norm.h") > 0)
      if (line ~ /^  (FIRST|NEXT)\([A-Z0-9]+, "/) { split(line, part, "\""); all = all (all == "" ? "" : " ") part[2] }
    close("src/perturb/norm.h")
    if (all == "") die("no norms in src/perturb/norm.h")
    return all
  }
  if (words !~ / but /) return words
  split(words, but, " but ")
  n = split(names[but[1]], part, " ")
  for (i = 1; i <= n; i++)
    if (index(" " names[but[2]] " ", " " part[i] " ") == 0) all = all (all == "" ? "" : " ") part[i]
  return all
}

FNR == NR && FNR == 1 {
  for (i = 1; i <= 7; i++) if ($i != column[i]) die("column " i " is \"" $i "\", expected \"" column[i] "\"")
  next
}
FNR == NR && /^$/ { next }
FNR == NR {
  if (NF != 7) die("a row has 7 cells, this one " NF)
  for (i = 1; i <= 7; i++) if ($i == "" || $i ~ /[^ -~]/) die("cell " i " is empty or not plain ASCII")
  if (($1, $2) in seen) die("`" $2 "` of " $1 " appears twice")
  seen[$1, $2] = 1
  if ($1 ~ /^</) { # a name that stands for several
    loop[$1] = $3; called[$1] = $4; only[$1] = $5; names[$1] = names_of($6)
    next
  }
  if ($2 == "*") {
    record[++records] = $1
    struct[$1] = $3; open_[$1] = ($5 == "open"); verb[$1] = $6; about[$1] = $7
    next
  }
  if (!($1 in struct)) die("record " $1 " has no row *")
  if ($2 ~ /\+/) { part = $2; sub(/.*\+/, "", part); shared[part] = 1 } # a part of others, no object of its own
  n = ++rows[$1]
  key[$1, n] = $2; type[$1, n] = $3; from[$1, n] = $4; when[$1, n] = $5; text[$1, n] = $6; means[$1, n] = $7
  next
}
make == "formats.md" && /^<!-- fields: [a-z]+ -->$/ { print; print ""; prose_of($0 ~ /reports/); skip = 1; next }
make == "formats.md" && /^<!-- end -->/ { skip = 0 }
make == "formats.md" && !skip { print }

function tail_of(k) { sub(/.*\./, "", k); return k }
function head_of(k) { return k ~ /\./ ? substr(k, 1, length(k) - length(tail_of(k)) - 1) : "" }

# ---- rows with those taken in: f_key, f_type, ... [1..flat()] -----------------------------------------------------

function take(rec, prefix, optional,   i, k, of) {
  if (!(rec in struct)) die("there is no record " rec)
  for (i = 1; i <= rows[rec]; i++) {
    k = key[rec, i]
    of = tail_of(k)
    if (of ~ /^\+/) {
      take(substr(of, 2), prefix (head_of(k) == "" ? "" : head_of(k) "."), optional)
      continue
    }
    F++
    f_key[F] = prefix k; f_type[F] = type[rec, i]; f_when[F] = when[rec, i]; f_means[F] = means[rec, i]; f_of[F] = rec
    f_text[F] = text[rec, i]
  }
}
function flat(rec) { F = 0; take(rec, ""); return F }

# ---- C ---------------------------------------------------------------------------------------------------------------

function quoted(s) { gsub(/\\/, "\\\\", s); gsub(/"/, "\\\"", s); return "\"" s "\"" }

function one(t, k, value,   part) {
  if (t == "double" || t == "share") return "lfap_json_double_hex(j, " k ", " value ");"
  if (t == "plain") return "lfap_json_double(j, " k ", " value ");"
  if (t == "size" || t == "count" || t ~ /^const:[0-9]+$/) return "lfap_json_uint(j, " k ", (uint64_t)(" value "));"
  if (t == "seed") return "cli_put_seed(j, " k ", " value ");"
  if (t == "bool" || t == "const:true") return "lfap_json_bool(j, " k ", " value ");"
  if (t ~ /^(string|text|id|version|verb|sha256|verdict|of|norm)\??$/ || t ~ /^(words|const):/)
    return "lfap_json_string(j, " k ", " value ");"
  if (t ~ /^@/) {
    sub(/^@/, "", t)
    if (t ~ /\?$/) {
      sub(/\?$/, "", t)
      return "if (" value ") cli_put_" t "(c, j, " k ", " value ");\n  else lfap_json_null(j, " k ");"
    }
    return "cli_put_" t "(c, j, " k ", " value ");"
  }
  if (t ~ /^\[/) {
    split(value, part, " # ")
    if (t ~ /^\[string\]/) return "cli_put_strings(j, " k ", " part[1] ", " part[2] ");"
    if (t ~ /^\[(size|count)\]/) return "cli_put_sizes_of(j, " k ", " part[1] ", " part[2] ");"
    sub(/^\[/, "", t); sub(/\].*/, "", t)
    return "lfap_json_array_begin(j, " k ");\n" \
           "  for (size_t i = 0; i < (size_t)(" part[2] "); i++) cli_put_" t "(c, j, NULL, &(" part[1] ")[i]);\n" \
           "  lfap_json_array_end(j);"
  }
  die("type " t " is unknown")
}

function close_groups(to,   g) { # ends every open object that `to` is not inside of
  while (depth > 0 && index(to ".", group[depth] ".") != 1) {
    printf "  lfap_json_object_end(j);\n"
    if (guarded[depth]) print "  }"
    depth--
  }
}

function fields_of(rec,   i, k, of, value, line) {
  print "void cli_put_" rec "_fields(const cli *c, lfap_json *j, const " struct[rec] " *r) {\n  (void)c;\n  (void)r;"
  depth = 0
  for (i = 1; i <= rows[rec]; i++) {
    k = key[rec, i]; of = tail_of(k)
    close_groups(head_of(k))
    if (head_of(k) != (depth ? group[depth] : "")) die(rec ": `" k "` stands outside its object")
    if (from[rec, i] == "*") continue
    if (of ~ /^\+/) { print "  cli_put_" substr(of, 2) "_fields(c, j, " from[rec, i] ");"; continue }
    if (type[rec, i] == "{}") {
      if (when[rec, i] != "-") print "  if (" when[rec, i] ") {"
      print "  lfap_json_object_begin(j, " quoted(of) ");"
      group[++depth] = k
      guarded[depth] = when[rec, i] != "-"
      continue
    }
    value = from[rec, i] == "-" ? "r->" of : from[rec, i]
    line = one(type[rec, i], of in loop ? called[of] : quoted(of), value)
    if (of in loop) print "  for (" loop[of] ") {" (only[of] == "-" ? "" : "\n  if (!(" only[of] ")) continue;")
    if (when[rec, i] != "-") line = "if (" when[rec, i] ") {\n  " line "\n  }"
    print "  " line
    if (of in loop) print "  }"
  }
  close_groups("/")
  print "}\n"
}

# Where there is no value a table for people says so by itself.
function shown(m) { sub(/; null:.*/, "", m); return m }

function texts_of(rec,   i, k, kind) {
  print "size_t cli_rows_" rec "(cli_row row[], const " struct[rec] " *r) {\n  size_t n = 0;"
  for (i = 1; i <= rows[rec]; i++) {
    if (text[rec, i] == "-") continue
    k = key[rec, i]
    kind = type[rec, i] == "double" ? "value" : type[rec, i] == "@spread" ? "spread" : "string"
    printf "  row[n++] = (cli_row){.key = %s, .label = %s, .meaning = %s, .%s = %s};\n", quoted(k), \
           text[rec, i] == "=" ? quoted(k) : quoted(text[rec, i]), quoted(shown(means[rec, i])), kind, \
           from[rec, i] == "-" ? "r->" k : from[rec, i]
  }
  print "  return n;\n}\n"
}

function has_text(rec,   i) {
  for (i = 1; i <= rows[rec]; i++) if (text[rec, i] != "-") return 1
  return 0
}

function header(   i, rec) {
  print "/* Generated from spec/fields.tsv by spec/fields.awk: what writes each record of a report."
  print " * cli_put_X writes the object X under a key (NULL in an array), cli_put_X_fields its members into an open"
  print " * object, cli_print_X the report of a verb, to stdout; cli_rows_X gives the rows of a table for people. */"
  print "#ifndef LFAP_GEN_FIELDS_H\n#define LFAP_GEN_FIELDS_H\n#include \"cli/reports.h\"\n"
  for (i = 1; i <= records; i++) {
    rec = record[i]
    if (struct[rec] == "-") continue
    print "void cli_put_" rec "_fields(const cli *c, lfap_json *j, const " struct[rec] " *r);"
    print "void cli_put_" rec "(const cli *c, lfap_json *j, const char *key, const " struct[rec] " *r);"
    if (verb[rec] != "-") print "lfap_status cli_print_" rec "(cli *c, const " struct[rec] " *r);"
    if (has_text(rec)) print "size_t cli_rows_" rec "(cli_row row[], const " struct[rec] " *r);"
  }
  print "#endif"
}

function code(   i, rec) {
  print "/* Generated from spec/fields.tsv by spec/fields.awk. */\n#include \"fields.h\"\n\n#include <math.h>\n"
  for (i = 1; i <= records; i++) {
    rec = record[i]
    if (struct[rec] == "-") continue
    fields_of(rec)
    print "void cli_put_" rec "(const cli *c, lfap_json *j, const char *key, const " struct[rec] " *r) {"
    print "  lfap_json_object_begin(j, key);\n  cli_put_" rec "_fields(c, j, r);\n  lfap_json_object_end(j);\n}\n"
    if (verb[rec] != "-") {
      print "lfap_status cli_print_" rec "(cli *c, const " struct[rec] " *r) {\n  lfap_json j = {.indent = 2};"
      print "  cli_put_" rec "(c, &j, NULL, r);\n  return cli_json_print(c, &j);\n}\n"
    }
    if (has_text(rec)) texts_of(rec)
  }
}

# A name for each key that is a word of C, so that a key that is read is none that nobody writes.
function keys(   i, n, k, rec, done) {
  print "/* Generated from spec/fields.tsv by spec/fields.awk: the keys of the reports, for whoever reads one. */"
  print "#ifndef LFAP_GEN_KEYS_H\n#define LFAP_GEN_KEYS_H"
  for (i = 1; i <= records; i++)
    for (n = 1; n <= rows[record[i]]; n++) {
      k = tail_of(key[record[i], n])
      if (k !~ /^[A-Za-z_0-9]+$/ || k in done) continue
      done[k] = 1
      print "#define LFAP_KEY_" k " " quoted(k)
    }
  print "#endif"
}

BEGIN {
  ABOUT = "Generated from fields.tsv. What every verb prints on stdout with --json, and meta.json of every directory " \
          "that is written to (meta, and vectors_case for `lfap vectors`). More keys may join; a key named here " \
          "keeps its name and meaning while schema_version is 1. A double stands twice: KEY as a JSON number that " \
          "reads back to the same double (null where it is NaN or infinite) and KEY_hex as its hexadecimal form. " \
          "data_sha256 is the SHA-256 of the doubles of X, row by row, then of y, as little-endian bytes: in Python " \
          "hashlib.sha256(X.astype('<f8').tobytes() + y.astype('<f8').tobytes())."
}

# ---- JSON Schema -----------------------------------------------------------------------------------------------------

function list(words, separator,   part, n, i, out) {
  n = split(words, part, separator)
  for (i = 1; i <= n; i++) out = out (i > 1 ? ", " : "") quoted(part[i])
  return out
}

function fits(t, rec,   least, held) {
  held = t
  gsub(/[@?]/, "", held)
  if (t ~ /^@/ && !(held in struct)) die("there is no record " held)
  if (t == "double") return "{ \"$ref\": \"#/$defs/number\" }"
  if (t == "plain") return "{ \"type\": \"number\", \"minimum\": 0 }"
  if (t == "share") return "{ \"type\": \"number\", \"minimum\": 0, \"maximum\": 1 }"
  if (t == "bool") return "{ \"type\": \"boolean\" }"
  if (t == "string") return "{ \"type\": \"string\" }"
  if (t == "string?") return "{ \"type\": [\"string\", \"null\"] }"
  if (t == "text") return "{ \"type\": \"string\", \"minLength\": 1 }"
  if (t == "id") return "{ \"type\": \"string\", \"pattern\": \"^[A-Z][0-9]*$\" }"
  if (t == "norm") return "{ \"enum\": [" list(names["<norm>"], " ") "] }"
  if (t == "verb" && verb[rec] ~ /^\^/) return "{ \"type\": \"string\", \"pattern\": " quoted(verb[rec]) " }"
  if (t == "verb") return verb[rec] == "-" ? "{ \"type\": \"string\" }" : "{ \"const\": " quoted(verb[rec]) " }"
  if (t ~ /^const:([0-9]+|true)$/) return "{ \"const\": " substr(t, 7) " }"
  if (t ~ /^const:/) return "{ \"const\": " quoted(substr(t, 7)) " }"
  if (t ~ /^words:/) return "{ \"enum\": [" list(substr(t, 7), "[|]") "] }"
  if (t ~ /^@.*\?$/)
    return "{ \"oneOf\": [{ \"type\": \"null\" }, { \"$ref\": \"#/$defs/" substr(t, 2, length(t) - 2) "\" }] }"
  if (t ~ /^@/) return "{ \"$ref\": \"#/$defs/" substr(t, 2) "\" }"
  if (t ~ /^\[/) {
    least = t ~ /\]\+$/ || t ~ /^\[(size|count)\]/ ? ", \"minItems\": 1" : ""
    return "{ \"type\": " (t ~ /\?$/ ? "[\"array\", \"null\"]" : "\"array\"") least ", \"items\": " \
           fits(item(t), rec) " }"
  }
  if (t ~ /^\{/) return "{ \"type\": \"object\", \"additionalProperties\": " fits(item(t), rec) " }"
  if (t ~ /^(size|count|seed|version|verdict|verdict\?|of|sha256|sha256\?)$/) {
    sub(/\?$/, "_or_null", t)
    return "{ \"$ref\": \"#/$defs/" t "\" }"
  }
  die("type " t " is unknown")
}
# What an array or a map holds, as a type.
function item(t) {
  sub(/^[[{]/, "", t); sub(/[]}][+?]?$/, "", t)
  return t in struct ? "@" t : t
}

# Its members that are objects of the record's flat rows below `path`, as properties; at `indent` blanks.
function properties(rec, path, indent,   i, k, of, n, part, out, must, x, t) {
  for (i = 1; i <= F; i++) {
    k = f_key[i]; of = tail_of(k); t = f_type[i]
    if (head_of(k) != path) continue
    n = 1; part[1] = of
    if (of in loop) n = split(names[of], part, " ")
    for (x = 1; x <= n; x++) {
      out = out (out == "" ? "" : ",\n") indent "    " quoted(part[x]) ": "
      if (t == "{}") out = out object(rec, k, indent "    ", f_means[i], 0)
      else out = out fits(t, rec)
      if (f_when[i] == "-") must = must (must == "" ? "" : ", ") quoted(part[x])
      if (t == "double" || t == "share") {
        out = out ", " quoted(part[x] "_hex") ": { \"$ref\": \"#/$defs/hex\" }"
        if (f_when[i] == "-") must = must ", " quoted(part[x] "_hex")
      }
    }
  }
  MUST = must
  return out
}
function object(rec, path, indent, description, open,   inner, must) {
  inner = properties(rec, path, indent)
  must = MUST
  return "{\n" indent "  \"description\": " quoted(description) ",\n" indent "  \"type\": \"object\"," \
         (must == "" ? "" : "\n" indent "  \"required\": [" must "],") \
         "\n" indent "  \"properties\": {\n" inner "\n" indent "  }" \
         (open ? "" : ",\n" indent "  \"additionalProperties\": false") "\n" indent "}"
}

function schema(   i, rec, out) {
  print "{\n  \"$schema\": \"https://json-schema.org/draft/2020-12/schema\","
  print "  \"title\": \"lfap reports, schema_version 1\","
  print "  \"description\": " quoted(ABOUT) ","
  for (i = 1; i <= records; i++)
    if (verb[record[i]] != "-") out = out (out == "" ? "" : ",\n") "    { \"$ref\": \"#/$defs/" record[i] "\" }"
  print "  \"oneOf\": [\n" out "\n  ],\n  \"$defs\": {"
  print "    \"number\": { \"type\": [\"number\", \"null\"] },"
  print "    \"hex\": { \"type\": \"string\", \"pattern\": \"^(-?0x[01](\\\\.[0-9a-f]+)?p[+-][0-9]+|nan|-?inf)$\" },"
  print "    \"sha256\": { \"type\": \"string\", \"pattern\": \"^[0-9a-f]{64}$\" },"
  print "    \"sha256_or_null\": { \"type\": [\"string\", \"null\"], \"pattern\": \"^[0-9a-f]{64}$\" },"
  print "    \"size\": { \"type\": \"integer\", \"minimum\": 1 },"
  print "    \"count\": { \"type\": \"integer\", \"minimum\": 0 },"
  print "    \"seed\": { \"type\": [\"integer\", \"null\"], \"minimum\": 0 },"
  print "    \"verdict\": { \"enum\": [" list(names["<verdict>"], " ") "] },"
  print "    \"verdict_or_null\": { \"enum\": [" list(names["<verdict>"], " ") ", null] },"
  print "    \"of\": { \"enum\": [\"these data\", \"other data\", null] },"
  printf "    \"version\": { \"type\": \"string\", \"pattern\": \"^[0-9]+\\\\.[0-9]+\\\\.[0-9]+$\" }"
  for (i = 1; i <= records; i++) {
    rec = record[i]
    if (rec in shared) continue
    flat(rec)
    printf ",\n    %s: %s", quoted(rec), object(rec, "", "    ", about[rec], open_[rec])
  }
  print "\n  }\n}"
}

# ---- prose -----------------------------------------------------------------------------------------------------------

function sentence(s) { return toupper(substr(s, 1, 1)) substr(s, 2) (s ~ /[?]$/ ? "" : ".") }
# What could start HTML is escaped.
function prose(s,   i, out) {
  for (i = 1; i <= length(s); i++) out = out (substr(s, i, 1) == "<" ? "\\" : "") substr(s, i, 1)
  return out
}
function escaped(s) { gsub(/[|]/, "\\|", s); return s }
function words_of(t,   part, n, i, out) {
  if (t ~ /^words:/) {
    n = split(substr(t, 7), part, "[|]")
    for (i = 1; i <= n; i++) out = out (i > 1 ? ", " : "") (part[i] == "" ? "or empty" : "`" part[i] "`")
    return out
  }
  if (t ~ /^const:/) return "`" substr(t, 7) "`"
  if (t == "{}") return "object"
  if (t ~ /^\[/) return "array of " words_of(item(t)) (t ~ /\?$/ ? ", or null" : "")
  if (t ~ /^\{/) return "object of " words_of(item(t))
  if (t ~ /\?$/) return words_of(substr(t, 1, length(t) - 1)) ", or null"
  if (t ~ /^@/) return "*" substr(t, 2) "*"
  if (t == "size" || t == "count") return "whole number"
  if (t == "seed") return "whole number, or null"
  if (t == "double" || t == "share" || t == "plain") return "double"
  if (t == "bool") return "true, false"
  if (t == "sha256") return "SHA-256"
  if (t == "of") return "`these data`, `other data`, null"
  if (t == "verdict") return "verdict"
  if (t == "norm") return "norm"
  return "string"
}

# The tables of reports (of verbs), or of what others hold.
function prose_of(reports,   i, n, rec, isverb) {
  for (i = 1; i <= records; i++) {
    rec = record[i]
    isverb = verb[rec] != "-" && struct[rec] != "-"
    if (isverb != reports || (rec in shared && rec != "head")) continue
    print (isverb ? "### `lfap " verb[rec] " --json`" : "### *" rec "*") "\n" sentence(about[rec]) "\n"
    print "| key | value | meaning |\n|---|---|---|"
    flat(rec)
    for (n = 1; n <= F; n++) {
      if (f_of[n] == "head" && rec != "head") continue
      print "| `" f_key[n] "`" (f_when[n] == "-" ? "" : " ?") " | " escaped(words_of(f_type[n])) " | " \
            escaped(prose(f_means[n])) " |"
    }
    print ""
  }
}

END {
  if (failed) exit 1
  if (make == "fields.h") header()
  if (make == "fields.c") code()
  if (make == "keys.h") keys()
  if (make == "report.schema.json") schema()
}
