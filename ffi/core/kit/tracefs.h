/* Access to tracefs without changing the host's mounts. */
#ifndef FENCELAB_TRACEFS_H
#define FENCELAB_TRACEFS_H

#include <stdint.h>

/* An open tracefs root: fd, and where it was found (a path or "(detached mount)"). */
struct tracefs {
	int fd;
	const char *where;
};

int tracefs_open(struct tracefs *t);
void tracefs_close(struct tracefs *t);
int tracefs_event_id(const struct tracefs *t, const char *group, const char *event, uint64_t *id);
int tracefs_has(const struct tracefs *t, const char *group);

#endif
