/* parts.h - the parts of a cell: the teacher, the bases with their control, and how learners are scored against the
   teacher. */
#ifndef LFAP_STUDY_PARTS_H
#define LFAP_STUDY_PARTS_H
#include "study/learner.h"

/* How a learner does, held against the teacher. */
typedef struct {
  double acc, acc_test, agree_natural, agree, agree_teacher, cosine, log_loss;
  lfap_why why; /* why there are none */
} lfap_scores;

struct lfap_study_teacher {
  lfap_cell cell;
  lfap_data data, test; /* test: fashion-mnist alone */
  lfap_learner who;
  double *f_bdy; /* n at the samples, then `probes`: <w, z>, w of the limit; NULL without a limit */
  double *f;     /* `probes`: the teacher's own; NULL without a direction */
  double acc;
};
lfap_status lfap_teacher_make(lfap_ctx *ctx, lfap_study *s, const lfap_cell *c);
void lfap_teacher_free(lfap_study_teacher *t);
/* Where the learner has no direction (no limit), or its output leaves the range of doubles, its scores do not exist:
   NaN. */
lfap_status lfap_teacher_score(lfap_ctx *ctx, lfap_scores *out, const lfap_learner *l, const lfap_study_teacher *t,
                               const lfap_study_opts *o);

struct lfap_study_bases {
  lfap_cell cell;
  lfap_data set; /* bases and targets; while `moved`, a perturbation is on them */
  int moved;
  double *gram; /* lower triangle of the bases' Gram matrix, row by row */
  lfap_set_status status;
  lfap_scores control;
};
/* Draws the bases and runs the control; s->teacher is there. */
lfap_status lfap_bases_make(lfap_ctx *ctx, lfap_study *s, const lfap_cell *c);
void lfap_bases_free(lfap_study_bases *b);
/* Puts the perturbation of a cell on the bases. Geometry: eta (d) is what it adds for the target +1, and *shifted (NULL
   before; the caller frees it, whatever the status) the Gram matrix of the exact sums by a rank-two update (N12), which
   the limit is taken of. RANGE where the sums, or their products, leave the range of doubles. */
lfap_status lfap_bases_move(lfap_ctx *ctx, lfap_study *s, double **shifted, double *eta, const lfap_cell *c);
/* Draws them again if a perturbation is on them. */
lfap_status lfap_bases_unmove(lfap_ctx *ctx, lfap_study *s);

/* T5's shares of the learner at the natural samples, into the row; NaN stays where there is no network of that form.
   The bases are no longer perturbed afterwards. */
lfap_status lfap_study_split(lfap_ctx *ctx, lfap_row *r, lfap_study *s, lfap_learner *l, const lfap_cell *c);

/* Noise of the cell's law, with labels, from the seed of a role. */
lfap_status lfap_cell_noise(lfap_ctx *ctx, lfap_data *out, const lfap_cell *c, int role, size_t n);
int lfap_cell_gauss(const lfap_cell *c); /* its noise is normal, not uniform */
/* n doubles; n x n doubles. */
lfap_status lfap_study_doubles(lfap_ctx *ctx, double **out, size_t n);
lfap_status lfap_study_square(lfap_ctx *ctx, double **out, size_t n);
#endif
