/*
 * Takes frames out of a worker's pipe.
 *
 * A worker may be killed between any two bytes, and the controller must still be
 * able to read what follows. So a frame is passed on when its last byte is there.
 */
#include "protocol/relay.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { RELAY_BYTES = FRAME_HEADER + FRAME_MAX };

/* relay_open - 0 or -ENOMEM. */
int relay_open(struct relay *r)
{
	memset(r, 0, sizeof(*r));
	r->pipe = -1;
	r->bytes = malloc(RELAY_BYTES);
	return r->bytes ? 0 : -ENOMEM;
}

void relay_close(struct relay *r)
{
	relay_end(r);
	free(r->bytes);
	r->bytes = NULL;
}

/* relay_begin - listen to a new worker. */
void relay_begin(struct relay *r, int pipe)
{
	r->pipe = pipe;
	r->from = r->to = 0;
	r->broken = false;
}

/* relay_end - the worker is gone. */
void relay_end(struct relay *r)
{
	if (r->pipe >= 0)
		close(r->pipe);
	r->pipe = -1;
	r->from = r->to = 0;
}

/* relay_read - read what is there; 1, 0 at the pipe's end. Only while relay_waits() is false. */
int relay_read(struct relay *r)
{
	memmove(r->bytes, r->bytes + r->from, r->to - r->from);
	r->to -= r->from;
	r->from = 0;
	ssize_t n = read(r->pipe, r->bytes + r->to, RELAY_BYTES - r->to);

	if (n < 0 && errno == EINTR)
		return 1;
	if (n <= 0)
		return 0;
	r->to += (size_t)n;
	return 1;
}

/* Bytes of the next frame with its header; 0 while its length is not known. */
static size_t next_length(const struct relay *r)
{
	if (r->to - r->from < FRAME_HEADER)
		return 0;
	return FRAME_HEADER + (size_t)frame_get_u32(r->bytes + r->from + 4);
}

/* relay_waits - is there a whole frame, or proof that no frame will come? */
bool relay_waits(const struct relay *r)
{
	size_t length = next_length(r);

	return length && (length > RELAY_BYTES || r->to - r->from >= length);
}

/* relay_pass - hand over whole frames for which the outlet has room; sets `broken`. */
void relay_pass(struct relay *r, struct outlet *o)
{
	while (relay_waits(r)) {
		size_t length = next_length(r);

		if (length > RELAY_BYTES) {
			r->broken = true;
			r->from = r->to = 0;
			return;
		}
		if (length + OUTLET_OWN > outlet_room(o))
			return;
		outlet_put(o, r->bytes + r->from, length);
		r->from += length;
	}
}
