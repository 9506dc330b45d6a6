#!/bin/sh
# Installs the Debian packages named on the command line that are missing; silent when nothing is.
# SETUP=check: only says which, and fails where one is.
set -eu
missing=
for p in "$@"; do
  s=$(dpkg-query -W -f '${db:Status-Status}' "$p" 2>/dev/null || true)
  [ "$s" = installed ] || missing="$missing $p"
done
[ -n "$missing" ] || exit 0
if [ "${SETUP:-}" = check ]; then
  echo "setup: not installed:$missing" >&2
  echo "setup: SETUP=check installs nothing; without it: apt-get install --no-install-recommends$missing" >&2
  exit 69
fi
if ! command -v apt-get >/dev/null 2>&1; then
  echo "setup: these Debian 12 packages (or their equivalents) are needed and apt-get is not here to install them:$missing" >&2
  exit 69
fi
run=
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null 2>&1 || { echo "setup: run as root or install sudo; packages needed:$missing" >&2; exit 77; }
  run=sudo
fi
echo "setup: installing$missing" >&2
$run apt-get update -qq >&2
$run env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >&2
