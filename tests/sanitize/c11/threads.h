/* threads.h - C11 threads on POSIX threads, for ThreadSanitizer, which sees only those: found before the system's header (make sanitize). */
#ifndef LFAP_TESTS_SANITIZE_THREADS_H
#define LFAP_TESTS_SANITIZE_THREADS_H
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>

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

static inline int thrd_create(thrd_t *out, thrd_start_t run, void *arg) {
  thrd_seat *s = malloc(sizeof *s);
  if (s == NULL) return thrd_error;
  *s = (thrd_seat){run, arg};
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
