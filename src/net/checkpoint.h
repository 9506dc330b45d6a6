/* checkpoint.h - the state of a training in a file of its own (spec/formats.md, Checkpoints): written every so often,
 * each whole or not at all and on the disk before the one before it is gone; taken up again; removed by the caller once
 * what it was for is safe. */
#ifndef LFAP_NET_CHECKPOINT_H
#define LFAP_NET_CHECKPOINT_H
#include <stdio.h>

#include "lfap.h"

/* Which file: none with the same is written by anybody else. */
typedef struct {
  uint64_t device, inode, size, modified; /* modified: nanoseconds */
  int is;                                 /* there is one */
} lfap_checkpoint_file;

typedef struct {
  const char *path; /* the caller's; its directory is made where it is not there */
  double every;     /* seconds from one to the next; 0: none is written */
  int resume;       /* the training goes on from what is there; without, there must be nothing */
  int others;       /* what is there may be of another training, and is written over then */
  /* the module's own */
  lfap_ctx *ctx;
  lfap_checkpoint_file seen; /* what was there at first, or was written last: nobody else's may be touched */
  FILE *in;                  /* being read */
  size_t read;               /* bytes of it */
  int asked;                 /* for some */
  double last;               /* when one was written, or the training began */
  int there;                 /* one of this training is on the disk */
  int foreign;               /* what is there is another run's */
  int refused;               /* what was there could not be taken up: the status is of that */
  int over;                  /* what was there was of another training, and gave way to this one */
} lfap_checkpoint;
#define LFAP_CHECKPOINT_EVERY 300.0

/* lfap_set_train with checkpoints: `after`, `from` and `user` of the options are set here. An interrupted training
   leaves one, unless none is to be written, and says how to go on; one that ends does where there were others before.
   One that cannot be written ends the training: CANTCREATE, IO, MEMORY; so does one that another run has put there,
   CANTCREATE. What is there stays, but where the training itself fails, as it would again. DATA: what is there is
   damaged, or of another training; NOINPUT: it cannot be read. */
lfap_status lfap_checkpoint_train(lfap_ctx *ctx, lfap_checkpoint *c, lfap_net *net, lfap_history *history,
                                  lfap_set *set, lfap_train_opts *o);
/* Looks at what is there; before anything is computed. CANTCREATE: there is one, and none is to be taken up. */
lfap_status lfap_checkpoint_check(lfap_ctx *ctx, lfap_checkpoint *c);
/* IO: it is there and cannot be removed. CANTCREATE: it is another run's. */
lfap_status lfap_checkpoint_remove(lfap_ctx *ctx, lfap_checkpoint *c);
#endif
