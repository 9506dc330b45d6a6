// certify.cc - twenty samples of noise, their limit, and what is certain of it, from C++.
//   c++ certify.cc $(pkg-config --cflags --libs lfap-oracle) -o certify
#include <cstdio>
#include <lfap_oracle.h>

int main() {
  lfap_ctx ctx = {};
  lfap_data data = {};
  oracle_cert cert = {};
  oracle_opts opts = {};
  lfap_status s = lfap_gen_uniform(&ctx, &data, 1, 20, 1000);
  if (!s) s = oracle_limit_certify(&ctx, &cert, &data, 0.5, &opts);
  if (s) std::fprintf(stderr, "%s\n", ctx.message);
  else
    for (int i = LFAP_CLAIM_NONE + 1; i < LFAP_SET_CLAIMS; i++)
      std::printf("%s %s\n", lfap_claims[i].json, lfap_verdict_name(cert.claim[i].verdict));
  oracle_cert_free(&cert);
  lfap_data_free(&data);
  mpfr_free_cache();
  return s;
}
