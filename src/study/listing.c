/* listing.c - a grid as text, everything that a value of its table depends on; its hash names the grid
   (spec/formats.md). */
#include "study/grid.h"

static void put_cell(lfap_text *t, size_t index, const lfap_cell *c) {
  lfap_text_puts(t, "cell ");
  lfap_text_uint(t, index);
  const char *const words[] = {lfap_study_kind_name[c->data],
                               lfap_study_base_name[c->base],
                               lfap_study_method_name[c->method],
                               c->arithmetic == LFAP_ARITHMETIC_HALF ? lfap_arithmetic_name[c->arithmetic] : NULL,
                               lfap_study_from_name[c->from],
                               lfap_norm_name(c->norm)};
  for (size_t i = 0; i < 6; i++) {
    if (!words[i]) continue;
    lfap_text_puts(t, " ");
    lfap_text_puts(t, words[i]);
  }
  static const char *const names[] = {" d=", " n=", " n_adv=", " m=", " k="};
  const size_t sizes[] = {c->d, c->n, c->n_adv, c->m, c->k};
  for (size_t i = 0; i < 5; i++) {
    lfap_text_puts(t, names[i]);
    lfap_text_uint(t, sizes[i]);
  }
  lfap_text_puts(t, " gamma=");
  lfap_text_double(t, c->gamma);
  lfap_text_puts(t, " eps=");
  lfap_text_double(t, c->eps);
  lfap_text_puts(t, " seed=");
  lfap_text_uint(t, c->seed);
  lfap_text_puts(t, "\n");
}

/* Options that no cell uses stay out, so that they make no difference. */
void lfap_grid_put(lfap_text *t, const lfap_cell *cell, size_t cells, const lfap_study_opts *o) {
  int trained = 0, images = 0;
  for (size_t i = 0; i < cells; i++) {
    trained |= cell[i].method != LFAP_BY_LIMIT;
    images |= cell[i].data == LFAP_STUDY_FASHION;
  }
  lfap_text_puts(t, "lfap " LFAP_VERSION " numerics=");
  lfap_text_uint(t, LFAP_NUMERICS);
  lfap_text_puts(t, " probes=");
  lfap_text_uint(t, o->probes);
  if (trained) {
    lfap_text_puts(t, " epochs=");
    lfap_text_uint(t, o->epochs);
    lfap_text_puts(t, " log_loss=");
    lfap_text_double(t, o->log_loss_target);
  }
  if (images) {
    lfap_text_puts(t, " classes=");
    lfap_text_int(t, o->class_pos);
    lfap_text_puts(t, ",");
    lfap_text_int(t, o->class_neg);
  }
  lfap_text_puts(t, "\n");
  for (size_t i = 0; i < cells; i++) put_cell(t, i, &cell[i]);
}
