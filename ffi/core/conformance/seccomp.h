/* Filters that answer membarrier(2) as containers and sandboxes do, and their detection. */
#ifndef FENCELAB_SECCOMP_H
#define FENCELAB_SECCOMP_H

enum membarrier_filter { FILTER_NONE, FILTER_EPERM, FILTER_ENOSYS, FILTER_KILL };

int seccomp_filter_membarrier(enum membarrier_filter filter);
int seccomp_filter_named(const char *name, enum membarrier_filter *filter);
int seccomp_mode(void);

#endif
