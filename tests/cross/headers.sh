#!/bin/sh
# The public headers compile alone, as C and as C++, with nothing but the two folders they lie in (copies, so that no private header
# beside them helps), include no private one, and a program that uses both libraries links (TAP).
BUILD=${BUILD:-build}
tmp=$(mktemp -d) || exit 1
count=0
tell() { # ok-or-not name
  count=$((count + 1))
  if [ "$1" -eq 0 ]; then echo "ok $count - $2"; else echo "not ok $count - $2"; sed 's/^/# /' "$tmp/log" | head -20; fi
}
mkdir "$tmp/lfap" "$tmp/oracle"
cp src/lfap.h src/lfap_certifier.h "$tmp/lfap"
cp oracle/lfap_oracle.h "$tmp/oracle"
W='-Wall -Wextra -Wpedantic -Werror'
for header in lfap.h lfap_certifier.h lfap_oracle.h; do
  printf '#include "%s"\n#include "%s"\n' $header $header > "$tmp/one.c"
  cp "$tmp/one.c" "$tmp/one.cc"
  folders="-I$tmp/lfap"
  [ $header != lfap_oracle.h ] || folders="$folders -I$tmp/oracle"
  # shellcheck disable=SC2086 # lists of flags
  gcc -std=c11 $W $folders -fsyntax-only "$tmp/one.c" > "$tmp/log" 2>&1
  tell $? "$header alone, as C11"
  # shellcheck disable=SC2086
  g++ -std=c++11 $W $folders -fsyntax-only "$tmp/one.cc" > "$tmp/log" 2>&1
  tell $? "$header alone, as C++11"
done
cat src/lfap.h src/lfap_certifier.h oracle/lfap_oracle.h | sed -n 's/^#include //p' | sort -u > "$tmp/log"
[ "$(tr '\n' ' ' < "$tmp/log")" = '"lfap.h" <gmp.h> <mpfr.h> <stddef.h> <stdint.h> ' ]
tell $? "they include each other, GMP, MPFR and the standard library"

cat > "$tmp/use.cc" <<'EOF'
#include <cstdio>
#include <cstdlib>
#include "lfap_certifier.h"
#include "lfap_oracle.h"

static int asked = 0;
static lfap_status speak(void *, lfap_ctx *, lfap_case *c, size_t first, const lfap_offer *o) {
  lfap_decided claim[LFAP_SET_CLAIMS];
  for (int i = 0; i < LFAP_SET_CLAIMS; i++) claim[i].verdict = LFAP_PASS, claim[i].margin = 1.0;
  lfap_settle(c, first, claim);
  asked += o->lim != nullptr;
  return LFAP_OK;
}

int main() {
  lfap_ctx ctx = {};
  lfap_data data = {};
  oracle_cert cert = {};
  char *text = nullptr;
  size_t len = 0;
  int accepted = 0;
  if (lfap_gen_uniform(&ctx, &data, 1, 2, 5000) || oracle_limit_certify(&ctx, &cert, &data, 0.9, nullptr)) return 1;
  for (int i = 0; i < 64; i++) cert.sha256[i] = 'a';
  if (oracle_cert_document(&ctx, &text, &len, &cert)) return 2;
  if (oracle_cert_check(&ctx, &accepted, nullptr, text, len, &data, cert.sha256) || !accepted) return 3;
  for (int i = LFAP_CLAIM_NONE + 1; i < LFAP_SET_CLAIMS; i++)
    std::printf("%s %s %d\n", lfap_claims[i].json, lfap_verdict_name(cert.claim[i].verdict), cert.claim[i].margin >= 0);
  std::free(text);
  oracle_cert_free(&cert);
  lfap_certifier who = {speak, nullptr, nullptr};
  lfap_verify_opts o = {};
  o.name = "use", o.certifier = &who, o.data = &data, o.gamma = 0.9, o.n_adv = 2, o.m = o.m_adv = 2, o.eps[LFAP_L2] = 4;
  o.log_loss_target = -1e3, o.flow_steps = 200;
  lfap_case c = {};
  if (lfap_verify_case(&ctx, &c, &o)) return 4;
  std::printf("asked %d\n", asked);
  lfap_case_free(&c);
  lfap_data_free(&data);
  return 0;
}
EOF
g++ -std=c++11 -I"$tmp/lfap" -I"$tmp/oracle" -o "$tmp/use" "$tmp/use.cc" "$BUILD/liboracle.a" "$BUILD/liblfap.a" -lmpfr -lgmp -lz -lm > "$tmp/log" 2>&1
tell $? "a program in C++ links with both libraries"
"$tmp/use" > "$tmp/log" 2>&1
tell $? "it certifies, writes, checks, and is a certifier of its own"
[ "$(grep -c 'PASS 1' "$tmp/log")" -eq "$(awk -F "\t" 'NR > 1 && $3 != "-"' spec/claims.tsv | wc -l)" ] && grep -q '^asked 2' "$tmp/log"
tell $? "it decides every claim, and is asked about both sets"
rm -rf "$tmp"
echo "1..$count"
