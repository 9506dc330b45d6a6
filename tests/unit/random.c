/* Philox4x64-10 and the draws from it (N10): published vectors, the 256-bit counter, the laws, and the three ways
 * through the ziggurat with words set by hand. Bit identity with NumPy is tests/cross/check_random.py. */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "kernel/bits.h"
#include "kernel/elementary.h"
#include "kernel/random.h"
#include "kernel/ziggurat_tables.h"

/* The generator whose next block has this counter. */
static lfap_philox before(const uint64_t counter[4], uint64_t k0, uint64_t k1) {
  lfap_philox g = {.key = {k0, k1}, .position = 4};
  int borrow = 1;
  for (int i = 0; i < 4; i++) {
    g.counter[i] = counter[i] - (uint64_t)borrow;
    borrow = borrow && counter[i] == 0;
  }
  return g;
}

/* The known answers of the authors of Philox (Random123, philox4x64, 10 rounds). */
Test(random, known_answers) {
  static const struct {
    uint64_t counter[4], key[2], words[4];
  } known[] = {
      {{0, 0, 0, 0}, {0, 0}, {0x16554d9eca36314cu, 0xdb20fe9d672d0fdcu, 0xd7e772cee186176bu, 0x7e68b68aec7ba23bu}},
      {{UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX},
       {UINT64_MAX, UINT64_MAX},
       {0x87b092c3013fe90bu, 0x438c3c67be8d0224u, 0x9cc7d7c69cd777b6u, 0xa09caebf594f0ba0u}},
      {{0x243f6a8885a308d3u, 0x13198a2e03707344u, 0xa4093822299f31d0u, 0x082efa98ec4e6c89u},
       {0x452821e638d01377u, 0xbe5466cf34e90c6cu},
       {0xa528f45403e61d95u, 0x38c72dbd566e9788u, 0xa5a1610e72fd18b5u, 0x57bd43b5e52b7fe6u}}};
  for (size_t v = 0; v < sizeof known / sizeof *known; v++) {
    lfap_philox g = before(known[v].counter, known[v].key[0], known[v].key[1]);
    for (int i = 0; i < 4; i++) cr_expect_eq(lfap_philox_next(&g), known[v].words[i], "vector %zu word %d", v, i);
  }
}

Test(random, seed_is_the_key_and_the_first_counter_is_one) {
  lfap_philox g;
  memset(&g, 0xa5, sizeof g);
  lfap_philox_seed(&g, 42);
  lfap_philox h = before((const uint64_t[4]){1, 0, 0, 0}, 42, 0);
  for (int i = 0; i < 20; i++) cr_assert_eq(lfap_philox_next(&g), lfap_philox_next(&h));
  cr_expect_eq(g.counter[0], 5u);
}

Test(random, counter_carries_through_all_words) {
  for (int words = 1; words < 4; words++) {
    lfap_philox g = {.key = {7, 0}, .position = 4};
    uint64_t after[4] = {0, 0, 0, 0};
    for (int i = 0; i < words; i++) g.counter[i] = UINT64_MAX;
    after[words] = 1;
    lfap_philox_next(&g);
    cr_expect_arr_eq(g.counter, after, sizeof after, "carry over %d words", words);
  }
}

Test(random, double_is_the_high_53_bits) {
  lfap_philox g = {.buffer = {UINT64_MAX, 0x7ff, 0x800, 0x8000000000000000u}, .position = 0};
  cr_expect_eq(lfap_philox_double(&g), 1.0 - 0x1p-53);
  cr_expect_eq(lfap_philox_double(&g), 0.0);
  cr_expect_eq(lfap_philox_double(&g), 0x1p-53);
  cr_expect_eq(lfap_philox_double(&g), 0.5);
  cr_expect_eq(g.position, 4u);
}

Test(random, fills_take_one_double_an_entry) {
  lfap_philox g, h;
  double x[101], y[103];
  lfap_philox_seed(&g, 9);
  lfap_philox_seed(&h, 9);
  lfap_fill_uniform(x, &g, 101);
  lfap_fill_labels(y, &g, 103);
  for (int i = 0; i < 101; i++) {
    const double u = lfap_philox_double(&h);
    cr_assert_eq((x[i] + 1.0) / 2.0, u, "2u - 1 is exact");
    cr_assert(x[i] >= -1.0 && x[i] < 1.0);
  }
  for (int i = 0; i < 103; i++) cr_assert_eq(y[i], lfap_philox_double(&h) < 0.5 ? -1.0 : 1.0);
  lfap_philox half = {.buffer = {0x8000000000000000u, 0x7fffffffffffffffu}, .position = 0};
  lfap_fill_labels(y, &half, 2);
  cr_expect(y[0] == 1.0 && y[1] == -1.0, "0.5 is +1, what is below it -1");
  lfap_fill_uniform(x, &g, 0);
  cr_expect_eq(lfap_philox_next(&g), lfap_philox_next(&h), "no entry, no word");
}

/* layer, sign and abscissa packed as a word */
static uint64_t word(unsigned layer, unsigned sign, uint64_t abscissa) {
  return layer | (uint64_t)sign << 8 | abscissa << 9;
}

Test(random, ziggurat_accepts_below_k_at_once) {
  for (unsigned layer = 0; layer < 256; layer++) {
    if (layer == 1) continue; /* k_1 = 0: nothing lies above the top layer */
    const uint64_t at = ziggurat_k[layer] - 1;
    lfap_philox g = {.buffer = {word(layer, 0, at), word(layer, 1, at)}, .position = 0};
    const double x = (double)at * ziggurat_w[layer];
    cr_assert_eq(lfap_philox_normal(&g), x);
    cr_assert_eq(lfap_philox_normal(&g), -x);
    cr_assert_eq(g.position, 2u, "one word each");
  }
}

Test(random, ziggurat_wedge_is_under_the_density) {
  for (unsigned layer = 1; layer < 256; layer++) {
    const uint64_t at = ziggurat_k[layer] + (0xfffffffffffffu - ziggurat_k[layer]) / 2;
    const double x = (double)at * ziggurat_w[layer], f = lfap_exp(-0.5 * x * x);
    const double u = (f - ziggurat_f[layer]) / (ziggurat_f[layer - 1] - ziggurat_f[layer]); /* the curve at x */
    cr_assert(u > 0.2 && u < 0.8);
    for (int above = 0; above < 2; above++) {
      const uint64_t height = (uint64_t)((above ? u + 1e-9 : u - 1e-9) * 0x1p53) << 11;
      lfap_philox g = {.buffer = {word(layer, 1, at), height, word(200, 0, 1), 0}, .position = 0};
      cr_assert_eq(lfap_philox_normal(&g), above ? ziggurat_w[200] : -x, "layer %u", layer);
      cr_assert_eq(g.position, above ? 3u : 2u);
    }
  }
}

Test(random, ziggurat_tail_is_beyond_r) {
  const uint64_t k = ziggurat_k[0];
  for (unsigned sign = 0; sign < 2; sign++) {
    /* bit 17 of the word is bit 8 of the abscissa; bit 8 of the word is not looked at */
    const uint64_t at = ((k >> 9) + 1) << 9 | (uint64_t)sign << 8;
    lfap_philox g = {.buffer = {word(0, 1 - sign, at), 0x4000000000000000u, 0x8000000000000000u}, .position = 0};
    const double x = ZIGGURAT_R + log(4.0 / 3.0) / ZIGGURAT_R; /* log 2 = y > x^2/2: accepted */
    const double drawn = lfap_philox_normal(&g);
    cr_expect_float_eq(drawn, sign ? -x : x, 1e-15 * x, "%a", drawn);
    cr_expect_eq(g.position, 3u);
  }
  /* accepted means 2y > x^2, not y > x^2: here x^2 = 0.0062, y = 0.0046 */
  lfap_philox b = {.buffer = {word(0, 0, k), 0x4000000000000000u, 0x012c000000000000u}, .position = 0};
  lfap_philox_normal(&b);
  cr_expect_eq(b.position, 3u);
  /* the first pair is rejected: y = 0 */
  lfap_philox g = {
      .key = {1, 0}, .buffer = {word(0, 0, k), 0x4000000000000000u, 0, 0xc000000000000000u}, .position = 0};
  lfap_philox h = g;
  for (int i = 0; i < 4; i++) lfap_philox_next(&h);
  cr_assert_gt(-2.0 * log1p(-lfap_philox_double(&h)), pow(log(4.0) / ZIGGURAT_R, 2), "else this test tests nothing");
  const double x = ZIGGURAT_R + log(4.0) / ZIGGURAT_R, drawn = fabs(lfap_philox_normal(&g));
  cr_expect_float_eq(drawn, x, 1e-15 * x);
}

/* What makes the tables a ziggurat: layers of one area, closed at the top, and k the share of a layer under the next. */
Test(random, ziggurat_layers_have_equal_area) {
  const double v = 0.00492867323397465524494;
  double above = 0.0;
  for (int i = 1; i < 256; i++) {
    const double x = ziggurat_w[i] * 0x1p52;
    cr_assert_float_eq(x * (ziggurat_f[i - 1] - ziggurat_f[i]), v, 2e-15, "layer %d", i);
    cr_assert_float_eq(ziggurat_f[i], exp(-0.5 * x * x), 2e-16);
    cr_assert_float_eq((double)ziggurat_k[i] * 0x1p-52, above / x, 2e-16);
    above = x;
  }
  cr_expect_eq(above, ZIGGURAT_R);
  cr_expect_float_eq(ZIGGURAT_R * ziggurat_f[255] + sqrt(acos(-1.0) / 2.0) * erfc(ZIGGURAT_R / sqrt(2.0)), v, 1e-17);
  cr_expect_float_eq((double)ziggurat_k[0] * ziggurat_w[0], ZIGGURAT_R, 1e-14);
}

/* 2*10^6 draws against the normal distribution function: every bin within 5 standard deviations. */
Test(random, normal_law) {
  enum { DRAWS = 2000000, BINS = 81 };
  static double count[BINS];
  lfap_philox g;
  lfap_philox_seed(&g, 11);
  double m1 = 0, m2 = 0, m4 = 0;
  for (int i = 0; i < DRAWS; i++) {
    const double x = lfap_philox_normal(&g);
    const double bin = floor((x + 4.05) * 10.0);
    count[bin < 0 ? 0 : bin > BINS - 1 ? BINS - 1 : (int)bin] += 1.0;
    m1 += x, m2 += x * x, m4 += x * x * x * x;
  }
  for (int b = 0; b < BINS; b++) {
    const double lo = b ? erfc((4.05 - b / 10.0) / sqrt(2.0)) / 2.0 : 0.0;
    const double hi = b < BINS - 1 ? erfc((4.05 - (b + 1) / 10.0) / sqrt(2.0)) / 2.0 : 1.0;
    const double expected = DRAWS * (hi - lo);
    cr_expect_lt(fabs(count[b] - expected), 5.0 * sqrt(expected), "bin %d: %g, expected %g", b, count[b], expected);
  }
  cr_expect_float_eq(m1 / DRAWS, 0.0, 5.0 * sqrt(1.0 / DRAWS));
  cr_expect_float_eq(m2 / DRAWS, 1.0, 5.0 * sqrt(2.0 / DRAWS));
  cr_expect_float_eq(m4 / DRAWS, 3.0, 5.0 * sqrt(96.0 / DRAWS));
}

Test(random, fill_normal_is_one_after_the_other) {
  lfap_philox g, h;
  double x[300];
  lfap_philox_seed(&g, 12);
  lfap_philox_seed(&h, 12);
  lfap_fill_normal(x, &g, 300);
  for (int i = 0; i < 300; i++) cr_assert_eq(x[i], lfap_philox_normal(&h));
  cr_expect_eq(lfap_philox_next(&g), lfap_philox_next(&h));
}
