/* Frames on their way to a controller that may be slow, stuck or gone. */
#ifndef FENCELAB_OUTLET_H
#define FENCELAB_OUTLET_H

#include <stdbool.h>
#include <stddef.h>

#include "protocol/frame.h"

enum {
	OUTLET_OWN = 64 * 1024, /* bytes kept free for the supervisor's own frames */
	OUTLET_ANSWER = 8 * 1024, /* more than the answer to any record that no worker takes */
	OUTLET_BYTES = FRAME_HEADER + FRAME_MAX + OUTLET_OWN,
};

struct outlet {
	int fd;
	int flags; /* of the descriptor, before it was made non-blocking */
	unsigned char *bytes;
	size_t from, to; /* what is not written yet */
};

int outlet_open(struct outlet *o, int fd);
void outlet_close(struct outlet *o);
bool outlet_idle(const struct outlet *o);
size_t outlet_room(const struct outlet *o);
int outlet_put(struct outlet *o, const void *bytes, size_t length);
int outlet_frame(struct outlet *o, enum frame_type type, struct json *j);
int outlet_error(struct outlet *o, const char *code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
int outlet_flush(struct outlet *o);

#endif
