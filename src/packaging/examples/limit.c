/* limit.c - the limiting boundary of twenty samples of noise, from C.
 *   cc limit.c $(pkg-config --cflags --libs lfap) -o limit */
#include <lfap.h>
#include <stdio.h>

int main(void) {
  lfap_ctx ctx = {.threads = 2};
  lfap_data data = {0};
  lfap_limit lim = {0};
  lfap_status s = lfap_gen_uniform(&ctx, &data, 1, 20, 1000);
  if (!s) s = lfap_limit_solve(&ctx, &lim, &data, NULL, 0.5);
  if (s) fprintf(stderr, "%s\n", ctx.message);
  for (size_t n = 0; !s && n < lim.n; n++) printf("%a\n", lim.lambda[n]);
  lfap_limit_free(&lim);
  lfap_data_free(&data);
  return (int)s;
}
