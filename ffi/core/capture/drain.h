/* Raw sub-buffer pages out of an instance, without waiting. */
#ifndef FENCELAB_DRAIN_H
#define FENCELAB_DRAIN_H

#include "capture/instance.h"

/* Open raw pipes of all CPUs of an instance. */
struct drain {
	int *fd;
	int *cpu;
	int cpus;
	size_t page; /* bytes of one sub-buffer page */
	char *buffer;
	uint64_t pages;
};

int drain_open(struct drain *drain, const struct instance *instance);
int drain_all(struct drain *drain, int out);
void drain_close(struct drain *drain);
void drain_write_stats(const struct drain *drain, const struct instance *instance, struct json *j);

#endif
