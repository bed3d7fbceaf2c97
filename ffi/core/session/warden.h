/* The process between supervisor and worker, which sees to it that nothing of a request stays. */
#ifndef FENCELAB_WARDEN_H
#define FENCELAB_WARDEN_H

#include <stdbool.h>
#include <sys/types.h>

#include "experiments.h"

/* A request's processes as the supervisor sees them. */
struct warden {
	pid_t pid; /* 0 while no request runs */
	bool cancelled;
};

pid_t warden_fork(struct warden *w, int *pipe);
void warden_main(struct request *r, const struct experiment *experiment, int out, pid_t supervisor)
	__attribute__((noreturn));
void warden_stop(const struct warden *w);
bool warden_bury(struct warden *w, int *code);

#endif
