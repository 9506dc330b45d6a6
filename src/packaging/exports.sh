#!/bin/sh
# The version script of a shared library: what the public headers declare is global under the version named, what the other
# library's objects and the Python module (the inner headers it reads) take beside it under <version>_PRIVATE, the rest is
# local.
#   exports.sh VERSION "OBJECTS OF THIS LIBRARY" "OBJECTS OF THE OTHER" "INNER HEADERS" HEADER...
set -eu
version=$1 mine=$2 other=$3 inner=$4; shift 4
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT
export LC_ALL=C
# shellcheck disable=SC2086
nm -g --defined-only $mine | awk 'NF == 3 && $2 ~ /[TDRBi]/ { print $3 }' | sort -u > "$dir/defined"
# every word of headers outside comments
words() { cat "$@" | sed 's,/\*.*\*/,,g' | sed '/\/\*/,/\*\//d' | tr -cs 'A-Za-z0-9_' '\n' | sort -u; }
words "$@" | comm -12 "$dir/defined" - > "$dir/public"
# shellcheck disable=SC2086
{ [ -z "$other" ] || nm -g --undefined-only $other | awk 'NF == 2 { print $2 }'; words $inner; } | sort -u | comm -12 - "$dir/defined" |
  comm -23 - "$dir/public" > "$dir/private"
[ -s "$dir/public" ] || { echo "exports.sh: no public symbol found" >&2; exit 1; }
echo "$version {"; echo "  global:"; sed 's/.*/    &;/' "$dir/public"; echo "  local: *;"; echo "};"
[ ! -s "$dir/private" ] || { echo "${version}_PRIVATE {"; echo "  global:"; sed 's/.*/    &;/' "$dir/private"; echo "};"; }
