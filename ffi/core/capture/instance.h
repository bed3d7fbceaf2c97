/* A tracefs instance of the lab's own, removed whatever happens. */
#ifndef FENCELAB_INSTANCE_H
#define FENCELAB_INSTANCE_H

#include <stddef.h>
#include <stdint.h>

#include "kit/tracefs.h"
#include "protocol/json.h"

struct instance {
	struct tracefs tracefs;
	int fd; /* directory of the instance, -1 when there is none */
	char name[64];
	char reason[160]; /* why it could not be made or set up */
};

int instance_open(struct instance *instance, uint64_t buffer_kb);
void instance_close(struct instance *instance);
int instance_write(const struct instance *instance, const char *path, const char *text);
int instance_read(const struct instance *instance, const char *path, char *text, size_t room);
int instance_tracing(const struct instance *instance, int on);
void instance_sweep(void);

#endif
