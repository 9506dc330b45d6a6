/* verbs.c - the table of verbs, and what is said of lfap as a whole: `lfap --help` prints it, the manual pages and the
 * completions of shells are made from it (src/packaging/manual.c). */
#include <string.h>

#include "cli/certify.h"
#include "cli/doctor.h"
#include "cli/ending.h"
#include "cli/oracle_train.h"
#include "cli/picture.h"
#include "cli/plan.h"
#include "cli/sweep.h"
#include "cli/vectors.h"
#include "cli/verbs.h"

const cli_verb *const cli_verbs[] = {&cli_gen,     &cli_train,   &cli_limit,  &cli_perturb, &cli_verify,
                                     &cli_compare, &cli_polish,  &cli_split,  &cli_check,   &cli_converge,
                                     &cli_sweep,   &cli_vectors, &cli_map,    &cli_plot,    &cli_report,
                                     &cli_explain, &cli_plan,    &cli_doctor, NULL};

const cli_verb *cli_verb_of(const char *name) {
  for (const cli_verb *const *v = cli_verbs; *v; v++)
    if (strcmp((*v)->name, name) == 0) return *v;
  return NULL;
}

const char *const cli_about =
    "Learning from adversarial perturbations, checked: predicts the limiting decision boundary of a one-hidden-layer\n"
    "leaky-ReLU network, trains the network, perturbs, learns again from the perturbations, and holds every\n"
    "prediction of the theory against what was measured.\n";
const char *const cli_data_sets =
    "A data set is a directory with X.npy (N x d), y.npy (N labels, +1 or -1) and perhaps W.npy (m x d), an NPZ\n"
    "archive of arrays X, y, W, or single files: NPY in any order, packed with gzip too, or FILE.npz:NAME. Results go\n"
    "to stdout, everything else to stderr.\n";
const char *const cli_exit_codes =
    "exit codes: 0 all checks pass (NOT-APPLICABLE does not spoil), 1 a check failed, 2 one is undecided, 64 usage,\n"
    "65 bad data, 66 missing input, 70 internal error, 73 and 74 cannot write, 130 interrupted (other signals 128 + "
    "n).\n";
const char *const cli_examples = "  lfap verify                        the main job on its built-in cases\n"
                                 "  lfap gen uniform --n 20 --d 1000 --seed 1 --out data\n"
                                 "  lfap limit --data data --gamma 0.5\n";
