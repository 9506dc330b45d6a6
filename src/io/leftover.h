/* leftover.h - what a killed process left under a temporary name, and how a living one keeps its own. Internal to the
 * library.
 * Whoever makes such a file or directory holds a lock on it (flock) until it has its place; the system lets go of those
 * of the dead. What can be locked is nobody's, and is removed under that lock; what cannot, or lies where there are no
 * such locks, stays. */
#ifndef LFAP_IO_LEFTOVER_H
#define LFAP_IO_LEFTOVER_H

/* Right after it was made: it is this process's as long as the description behind fd is open. 0: somebody took it for a
   leftover in between, make another. */
int lfap_leftover_hold(int fd);
/* Is it nobody's? Then fd has its lock. */
int lfap_leftover_take(int fd);
/* Removes the files `path`.16 HEXADECIMAL DIGITS.tmp of dead processes. What fails is left. */
void lfap_leftover_remove(const char *path);
#endif
