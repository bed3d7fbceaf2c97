/* A worker's frames on their way to the outlet: whole ones only. */
#ifndef FENCELAB_RELAY_H
#define FENCELAB_RELAY_H

#include "protocol/outlet.h"

struct relay {
	int pipe; /* -1 without a worker */
	unsigned char *bytes;
	size_t from, to; /* what the outlet has not got yet */
	bool broken; /* what came is no frame */
};

int relay_open(struct relay *r);
void relay_close(struct relay *r);
void relay_begin(struct relay *r, int pipe);
void relay_end(struct relay *r);
int relay_read(struct relay *r);
bool relay_waits(const struct relay *r);
void relay_pass(struct relay *r, struct outlet *o);

#endif
