/* threads.h - C11 threads on POSIX threads, for ThreadSanitizer, which sees only those: found before the system's header (make sanitize).
 * LFAP_RACED=FILE: the addresses behind which a loop went on with threads are added to the file, 8 bytes each (tests/cli/sanitized.py). */
#ifndef LFAP_TESTS_SANITIZE_THREADS_H
#define LFAP_TESTS_SANITIZE_THREADS_H
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

typedef pthread_t thrd_t;
typedef int (*thrd_start_t)(void *);
enum { thrd_success = 0, thrd_error = 2 };

typedef struct {
  thrd_start_t run;
  void *arg;
} thrd_seat;

static void *thrd_sit(void *p) {
  thrd_seat s = *(thrd_seat *)p;
  free(p);
  return (void *)(intptr_t)s.run(s.arg);
}

/* The address of a call in the program's file, from the one behind it, once a process (or a few times, where threads start threads). */
static void thrd_note(uintptr_t site) {
  extern char __executable_start;
  static atomic_uintptr_t seen[256];
  size_t i = 0;
  while (i < 256 && atomic_load(&seen[i]) != 0 && atomic_load(&seen[i]) != site) i++;
  if (i == 256 || atomic_load(&seen[i]) == site) return;
  atomic_store(&seen[i], site);
  uint64_t at = site - 1 - (uintptr_t)&__executable_start;
  int fd = open(getenv("LFAP_RACED"), O_WRONLY | O_CREAT | O_APPEND, 0666);
  if (fd < 0 || write(fd, &at, sizeof at) != sizeof at) abort();
  close(fd);
}

/* Within lfap_parallel, whose caller's address this takes. */
__attribute__((always_inline)) static inline int thrd_create(thrd_t *out, thrd_start_t run, void *arg) {
  thrd_seat *s = malloc(sizeof *s);
  if (s == NULL) return thrd_error;
  *s = (thrd_seat){run, arg};
  if (getenv("LFAP_RACED") != NULL) thrd_note((uintptr_t)__builtin_return_address(0));
  if (pthread_create(out, NULL, thrd_sit, s) == 0) return thrd_success;
  free(s);
  return thrd_error;
}

static inline int thrd_join(thrd_t t, int *result) {
  void *p = NULL;
  if (pthread_join(t, &p) != 0) return thrd_error;
  if (result != NULL) *result = (int)(intptr_t)p;
  return thrd_success;
}
#endif
