/* The process in which one request runs. */
#ifndef FENCELAB_WORKER_H
#define FENCELAB_WORKER_H

#include <sys/types.h>

#include "experiments.h"

const struct experiment *experiment_find(const char *id);
void worker_main(struct request *r, const struct experiment *experiment, int out, pid_t warden)
	__attribute__((noreturn));

#endif
