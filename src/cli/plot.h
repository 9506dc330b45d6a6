/* plot.h - pictures from files, for `lfap plot` and `lfap report`. */
#ifndef LFAP_CLI_PLOT_H
#define LFAP_CLI_PLOT_H
#include "cli/origin.h"
#include "cli/picture.h"

/* against: a table of published accuracies, or NULL. */
lfap_status cli_plot_accuracy(cli *c, lfap_picture *p, const char *sweep, const char *against, const char *x,
                              const char *const *where, size_t wheres);
lfap_status cli_plot_shares(cli *c, lfap_picture *p, const char *path, const char *const *where, size_t wheres);
/* Where perturbations come from: what meta.json tells, and whether every entry has the sign of t_n w, or is 0 (P1);
   those made from another w have not. */
typedef struct {
  cli_origin made_from;
  int towards;
} cli_adv;
/* dir: X.npy, y.npy and eta.npy of lfap perturb. */
lfap_status cli_plot_split(cli *c, lfap_picture *p, lfap_split_count *k, cli_adv *from, const lfap_data *data,
                           const lfap_limit *natural, const char *dir);
/* Says in the caption, where nothing tells which data `what` is of, that it is so. */
void cli_plot_unknown(lfap_picture *p, const char *what, const cli_origin *here, const cli_origin *o);
/* The second line of its title: of the sizes, gamma and seed of o those that are known and that the title does not
   tell. The seed of the samples, where `data` is a directory whose meta.json tells it of them. */
void cli_plot_about(lfap_picture *p, const cli_origin *o);
lfap_status cli_plot_seed(cli *c, cli_origin *o, const char *data);
/* eta.npy in dir, n x d. */
lfap_status cli_plot_eta_read(cli *c, lfap_mat *eta, const char *dir, size_t n, size_t d);

typedef struct {
  const char *data;            /* directory or X.npy of natural images; its mean.npy, if there, is added back */
  const char *perturbed, *adv; /* directories lfap perturb wrote, or NULL */
  size_t count, height, width; /* height 0: square */
} cli_images;
lfap_status cli_plot_images(cli *c, lfap_picture *p, const cli_images *a);
#endif
