/*
 * Reply frames: u32 type, u32 length (both little-endian), payload.
 *
 * Types up to 15 carry JSON text or nothing, types from 16 on carry bytes. The
 * first frame of a session is FRAME_HELLO; each request ends with exactly one
 * FRAME_DONE. FRAME_ALIVE may come between any two others.
 */
#ifndef FENCELAB_FRAME_H
#define FENCELAB_FRAME_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "protocol/json.h"

/* Raised by every change that an older controller or agent would misread. */
#define PROTOCOL_VERSION 2

enum frame_type {
	FRAME_HELLO = 1, /* protocol, architecture, kernel, build of this side */
	FRAME_RESULT = 2, /* one result of the running request */
	FRAME_PROGRESS = 3, /* how far the running request is */
	FRAME_ERROR = 4, /* what went wrong, with code and message */
	FRAME_DONE = 5, /* the request's end: ok, failed, cancelled */
	FRAME_ALIVE = 8, /* answers a heartbeat; empty */
	FRAME_HISTOGRAM = 16, /* buckets that the next FRAME_RESULT refers to */
	FRAME_FILE = 17, /* u32 length of a name, the name, bytes to append to the file of that name */
	FRAME_OUTPUT = 18, /* u32 stream (1 stdout, 2 stderr) and bytes of a traced program */
};

enum {
	FRAME_HEADER = 8,
	FRAME_MAX = 4 << 20, /* payload bytes; more is a protocol error on both sides */
};

int frame_send(int fd, uint32_t type, const void *payload, size_t length);
int frame_send_json(int fd, uint32_t type, struct json *j);
void frame_error(struct json *j, const char *code, const char *format, va_list args);
int frame_send_error(int fd, const char *code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
int progress_send(int out, double fraction);
int frame_send_file(int fd, const char *name, const void *bytes, size_t length);
void frame_put_u32(unsigned char *at, uint32_t value);
void frame_put_u64(unsigned char *at, uint64_t value);
uint32_t frame_get_u32(const unsigned char *at);
int write_all(int fd, const void *bytes, size_t length);

#endif
