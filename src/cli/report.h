/* report.h - what the parts of `lfap report` share: the directory as it was found, the page as it grows, what is
   left out. */
#ifndef LFAP_CLI_REPORT_H
#define LFAP_CLI_REPORT_H
#include "cli/origin.h"
#include "cli/plot.h"
#include "picture/page.h"

typedef struct {
  const char *dir, *out, *against;
  double gamma; /* 0: not given */
} cli_report_args;

typedef struct {
  cli *c;
  const cli_report_args *a;
  lfap_text top, page, other; /* verdicts, and what is not right; the sections; the one about other data */
  lfap_text made;             /* rows of the tables it is made from */
  lfap_text left;             /* its list of what was left out, as list items */
  lfap_stage stage;           /* of the output, from the first picture on */
  size_t pictures, tables, left_out;
  char verdict[24];                                     /* of report.json; "" without one */
  size_t not_right;                                     /* its checks that fail or are undecided */
  char wrong[300];                                      /* the first thing that could not be used, and why */
  char *data, *limit, *net, *adv, *perturbed, *learned; /* directories that hold these, NULL for none; owned */
  lfap_data natural;
  cli_origin trained; /* what `first` and its history are about */
  cli_origin here;    /* the samples and the gamma of this report; n = 0 while there are none */
  lfap_limit lim;     /* of natural; n = 0 while there is none */
  lfap_net first;     /* the network trained on natural; m = 0 while there is none */
} cli_report_run;

/* Each part writes its tables and pictures, or says in r->left why not; only what stops the whole report is an
   error. */
lfap_status cli_report_samples(cli_report_run *r); /* first: the others hold theirs against it */
lfap_status cli_report_verify(cli_report_run *r);
lfap_status cli_report_limit(cli_report_run *r);
lfap_status cli_report_training(cli_report_run *r);
lfap_status cli_report_map(cli_report_run *r);
lfap_status cli_report_split(cli_report_run *r);
lfap_status cli_report_images(cli_report_run *r);
lfap_status cli_report_sweeps(cli_report_run *r);

/* What the files are that this is made from: what made them, with which seeds, their hashes; and when. */
lfap_status cli_report_made(cli_report_run *r);

/* certificate.json of the run, decided again. */
lfap_status cli_report_certificate(cli_report_run *r);

/* Where a part about o is shown: the page, or its section about other data. */
lfap_text *cli_report_place(cli_report_run *r, const cli_origin *o);
/* A line that tells which data what follows is about. */
void cli_report_about(cli_report_run *r, lfap_text *to, const char *what, const cli_origin *o);
void cli_report_about_here(cli_report_run *r);
/* Left out because it is about o. */
void cli_report_leave_other(cli_report_run *r, const char *what, const cli_origin *o);

/* Makes and draws p and puts it there; frees it. */
lfap_status cli_report_picture(cli_report_run *r, lfap_text *to, lfap_picture *p);
/* What failed for its input is left out, with the reason, and the report goes on; anything else is returned. */
lfap_status cli_report_skip(cli_report_run *r, const char *what, lfap_status s);
void cli_report_leave(cli_report_run *r, const char *what, const char *why);
#endif
