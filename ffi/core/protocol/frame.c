/* Reply frames: encoding and complete writes. */
#include "protocol/frame.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void frame_put_u32(unsigned char *at, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		at[i] = (unsigned char)(value >> (8 * i));
}

void frame_put_u64(unsigned char *at, uint64_t value)
{
	frame_put_u32(at, (uint32_t)value);
	frame_put_u32(at + 4, (uint32_t)(value >> 32));
}

uint32_t frame_get_u32(const unsigned char *at)
{
	return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

/* write_all - write everything, waiting where the descriptor is non-blocking. 0 or -errno. */
int write_all(int fd, const void *bytes, size_t length)
{
	const char *at = bytes;

	while (length > 0) {
		ssize_t n = write(fd, at, length);

		if (n < 0 && errno == EAGAIN) {
			struct pollfd wait = { .fd = fd, .events = POLLOUT };

			poll(&wait, 1, -1);
			continue;
		}
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		at += n;
		length -= (size_t)n;
	}
	return 0;
}

/* frame_send - write one frame; 0, -EMSGSIZE beyond FRAME_MAX, or write(2)'s -errno. */
int frame_send(int fd, uint32_t type, const void *payload, size_t length)
{
	unsigned char header[FRAME_HEADER];

	if (length > FRAME_MAX)
		return -EMSGSIZE;
	frame_put_u32(header, type);
	frame_put_u32(header + 4, (uint32_t)length);
	int ret = write_all(fd, header, sizeof(header));

	return ret ? ret : write_all(fd, payload, length);
}

/* frame_send_json - send and free a finished JSON text. */
int frame_send_json(int fd, uint32_t type, struct json *j)
{
	int ret = j->failed ? -ENOMEM : frame_send(fd, type, j->text, j->len);

	json_free(j);
	return ret;
}

/*
 * frame_send_file - append bytes to a file of the reply; relative name, no "..".
 *
 * Longer pieces than a frame holds are cut. 0 or -errno.
 */
int frame_send_file(int fd, const char *name, const void *bytes, size_t length)
{
	size_t named = 4 + strlen(name), most = FRAME_MAX - named;
	const char *at = bytes;

	do {
		unsigned char header[FRAME_HEADER + 4];
		size_t piece = length < most ? length : most;

		frame_put_u32(header, FRAME_FILE);
		frame_put_u32(header + 4, (uint32_t)(named + piece));
		frame_put_u32(header + FRAME_HEADER, (uint32_t)(named - 4));
		int ret = write_all(fd, header, sizeof(header));

		ret = ret ? ret : write_all(fd, name, named - 4);
		ret = ret ? ret : write_all(fd, at, piece);
		if (ret)
			return ret;
		at += piece;
		length -= piece;
	} while (length > 0);
	return 0;
}

/* frame_error - the JSON of an error: a stable code and a message for people. */
void frame_error(struct json *j, const char *code, const char *format, va_list args)
{
	char message[512];

	vsnprintf(message, sizeof(message), format, args);
	json_init(j);
	json_object(j, NULL);
	json_string(j, "code", code);
	json_string(j, "message", message);
	json_object_end(j);
}

/* frame_send_error - send an error; 0 or -errno. */
int frame_send_error(int fd, const char *code, const char *format, ...)
{
	struct json j;
	va_list args;

	va_start(args, format);
	frame_error(&j, code, format, args);
	va_end(args);
	return frame_send_json(fd, FRAME_ERROR, &j);
}

/* progress_send - tell how far the request is, 0 to 1. */
int progress_send(int out, double fraction)
{
	struct json j;

	json_init(&j);
	json_object(&j, NULL);
	json_double(&j, "fraction", fraction > 1 ? 1 : fraction);
	json_object_end(&j);
	return frame_send_json(out, FRAME_PROGRESS, &j);
}
