/* child.c - runs one program to its end. A Ctrl-C on the terminal goes to this process alone: the child stands in a
 * group of its own, and is ended from here. */
#include "picture/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#if defined(__linux__)
#include <sys/prctl.h>
#endif

#include "io/file.h"

/* What a child that is none yet says of why: a zero, which no program begins with, and errno; words are found here, as
   in there looking for them is not safe. */
enum { FAREWELL = 1 + sizeof(int) };

static void give_up(int err) {
  int e = errno;
  char said[FAREWELL] = {0};
  memcpy(said + 1, &e, sizeof e);
  if (write(err, said, sizeof said) < 0) _exit(126);
  _exit(127);
}

static void hear_farewell(lfap_child *c) {
  int e;
  char why[LFAP_REASON];
  memcpy(&e, c->said + 1, sizeof e);
  snprintf(c->said, sizeof c->said, "it could not be started: %s", lfap_reason(why, e));
}

/* Between fork and exec only what is safe in a process of many threads. */
static void child(const lfap_child *c, int err, pid_t parent) {
  static const int usual[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE};
  struct sigaction act;
  memset(&act, 0, sizeof act);
  act.sa_handler = SIG_DFL;
  sigemptyset(&act.sa_mask);
  setpgid(0, 0);
  for (size_t i = 0; i < sizeof usual / sizeof usual[0]; i++) sigaction(usual[i], &act, NULL);
  sigprocmask(SIG_SETMASK, &act.sa_mask, NULL);
#if defined(__linux__)
  prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
  if (getppid() != parent) _exit(127); /* it was killed before this one could be told */
  int null = open("/dev/null", O_RDWR);
  if (null < 0 || dup2(null, 0) < 0 || dup2(null, 1) < 0 || dup2(err, 2) < 0 || chdir(c->dir) != 0) give_up(err);
  if (null > 2) close(null);
  execve(c->path, c->argv, c->env);
  give_up(2);
}

/* A pipe above the standard descriptors, which may be closed here: the child gives those another meaning. */
static int pipe_of(int ends[2]) {
  int raw[2];
  if (pipe(raw) != 0) return -1;
  for (int k = 0; k < 2; k++) ends[k] = fcntl(raw[k], F_DUPFD_CLOEXEC, 3);
  int e = errno;
  for (int k = 0; k < 2; k++) close(raw[k]);
  if (ends[0] >= 0 && ends[1] >= 0 && fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0) return 0;
  for (int k = 0; k < 2; k++)
    if (ends[k] >= 0) close(ends[k]);
  errno = e;
  return -1;
}

/* What is there to read now; beyond the room it is read and dropped. 0 at the end of it. */
static int listen_to(lfap_child *c, size_t *len, int fd) {
  char rest[512];
  for (;;) {
    size_t room = sizeof c->said - 1 - *len;
    ssize_t got = room ? read(fd, c->said + *len, room) : read(fd, rest, sizeof rest);
    if (got == 0) return 0;
    if (got < 0) return errno == EAGAIN || errno == EINTR;
    if (room) *len += (size_t)got;
  }
}

/* Has it ended? It stays unreaped, so its group keeps its number. */
static int ended(pid_t pid) {
  siginfo_t info = {.si_pid = 0};
  return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) != 0 ? errno != EINTR : info.si_pid == pid;
}

enum { GRACE = 50, STEP_MS = 10, LOOK_MS = 50 };

/* Waits and listens until it ended or ctx wants to stop. */
static lfap_status attend(lfap_ctx *ctx, lfap_child *c, pid_t pid, int fd) {
  size_t len = 0;
  int open = 1;
  lfap_status s = LFAP_OK;
  while (!ended(pid) && !s) {
    struct pollfd at = {.fd = fd, .events = POLLIN};
    poll(&at, open ? 1 : 0, open ? LOOK_MS : STEP_MS); /* a signal cuts it short */
    open = open && listen_to(c, &len, fd);
    s = lfap_tick(ctx, "gnuplot", 0, 1);
  }
  if (open) listen_to(c, &len, fd);
  c->said[len] = 0;
  if (len == FAREWELL && c->said[0] == 0) {
    hear_farewell(c);
    len = strlen(c->said);
  }
  for (char *p = c->said; *p; p++)
    if (*p == '\n') *p = ' ';
  while (len > 0 && c->said[len - 1] == ' ') c->said[--len] = 0;
  return s;
}

lfap_status lfap_child_run(lfap_ctx *ctx, lfap_child *c) {
  int ends[2];
  char why[LFAP_REASON];
  if (pipe_of(ends) != 0)
    return lfap_fail(ctx, LFAP_ERR_IO, "%s: no pipe to hear its errors: %s", c->path, lfap_reason(why, errno));
  pid_t parent = getpid(), pid = fork();
  if (pid == 0) child(c, ends[1], parent);
  int e = errno;
  close(ends[1]);
  if (pid < 0) {
    close(ends[0]);
    return lfap_fail(ctx, lfap_status_of(e, LFAP_ERR_IO), "%s: no process for it: %s", c->path, lfap_reason(why, e));
  }
  setpgid(pid, pid); /* whoever comes first, so that the group is there before it is ended */
  lfap_status s = attend(ctx, c, pid, ends[0]);
  close(ends[0]);
  if (s) kill(-pid, SIGTERM);
  for (int i = 0; s && i < GRACE && !ended(pid); i++) poll(NULL, 0, STEP_MS);
  kill(-pid, SIGKILL); /* also what it may have started and left behind */
  while (waitpid(pid, &c->status, 0) < 0 && errno == EINTR) {}
  return s;
}
