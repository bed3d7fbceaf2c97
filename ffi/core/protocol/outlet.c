/*
 * A bounded queue before the controller.
 *
 * The supervisor must hear of a hang-up, a cancellation or a missing heartbeat
 * while nobody takes its frames, so it never waits in write(2): what cannot be
 * written stays here, and poll(2) says when to go on.
 */
#include "protocol/outlet.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* outlet_open - take over a descriptor, which becomes non-blocking; 0 or -errno. */
int outlet_open(struct outlet *o, int fd)
{
	memset(o, 0, sizeof(*o));
	o->fd = fd;
	o->flags = fcntl(fd, F_GETFL);
	if (o->flags < 0 || fcntl(fd, F_SETFL, o->flags | O_NONBLOCK) != 0)
		return -errno;
	o->bytes = malloc(OUTLET_BYTES);
	return o->bytes ? 0 : -ENOMEM;
}

/*
 * outlet_close - give the descriptor back as it was.
 *
 * The flag belongs to the open file, which others may share: a shell whose
 * terminal stays non-blocking would end at its next read.
 */
void outlet_close(struct outlet *o)
{
	if (o->flags >= 0)
		fcntl(o->fd, F_SETFL, o->flags);
	free(o->bytes);
	o->bytes = NULL;
}

/* outlet_idle - has everything been written? */
bool outlet_idle(const struct outlet *o)
{
	return o->from == o->to;
}

/* outlet_room - bytes that outlet_put() would take. */
size_t outlet_room(const struct outlet *o)
{
	return OUTLET_BYTES - (o->to - o->from);
}

/* outlet_put - queue bytes, whole frames only; 0, or -ENOBUFS when they do not fit. */
int outlet_put(struct outlet *o, const void *bytes, size_t length)
{
	if (length > outlet_room(o))
		return -ENOBUFS;
	if (length > OUTLET_BYTES - o->to) {
		memmove(o->bytes, o->bytes + o->from, o->to - o->from);
		o->to -= o->from;
		o->from = 0;
	}
	memcpy(o->bytes + o->to, bytes, length);
	o->to += length;
	return 0;
}

/* outlet_frame - queue a finished JSON text, which is freed, or with NULL an empty frame. */
int outlet_frame(struct outlet *o, enum frame_type type, struct json *j)
{
	unsigned char header[FRAME_HEADER];
	size_t length = j ? j->len : 0;
	int ret = j && j->failed ? -ENOMEM : 0;

	if (!ret && sizeof(header) + length > outlet_room(o))
		ret = -ENOBUFS;
	if (!ret) {
		frame_put_u32(header, type);
		frame_put_u32(header + 4, (uint32_t)length);
		outlet_put(o, header, sizeof(header));
		if (length)
			outlet_put(o, j->text, length);
	}
	if (j)
		json_free(j);
	return ret;
}

/* outlet_error - queue an error; 0 or -errno. */
int outlet_error(struct outlet *o, const char *code, const char *format, ...)
{
	struct json j;
	va_list args;

	va_start(args, format);
	frame_error(&j, code, format, args);
	va_end(args);
	return outlet_frame(o, FRAME_ERROR, &j);
}

/* outlet_flush - write what the other side takes now; 0, or -errno when it is gone. */
int outlet_flush(struct outlet *o)
{
	while (!outlet_idle(o)) {
		ssize_t n = write(o->fd, o->bytes + o->from, o->to - o->from);

		/* a virtio-serial port whose queue is full says 0 */
		if (n == 0 || (n < 0 && errno == EAGAIN))
			return 0;
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		o->from += (size_t)n;
	}
	o->from = o->to = 0;
	return 0;
}
