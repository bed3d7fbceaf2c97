/* A small JSON writer into a growing buffer. */
#ifndef FENCELAB_JSON_H
#define FENCELAB_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A failed allocation is remembered in `failed` and makes every later call a
 * no-op, so that callers check once, when they send. Keys are NULL inside arrays.
 */
struct json {
	char *text;
	size_t len, cap;
	bool failed, comma;
};

void json_init(struct json *j);
void json_free(struct json *j);
void json_object(struct json *j, const char *key);
void json_object_end(struct json *j);
void json_array(struct json *j, const char *key);
void json_array_end(struct json *j);
void json_string(struct json *j, const char *key, const char *value);
void json_bytes(struct json *j, const char *key, const char *value, size_t len);
void json_u64(struct json *j, const char *key, uint64_t value);
void json_i64(struct json *j, const char *key, int64_t value);
void json_double(struct json *j, const char *key, double value);
void json_bool(struct json *j, const char *key, bool value);
void json_null(struct json *j, const char *key);
void json_cpus(struct json *j, const char *key, const int *cpus, int n);
void json_raw(struct json *j, const char *key, struct json *value);
void json_errno(struct json *j, const char *key, int error);

/* errno_name - "EPERM" for EPERM; "E0" for an error without a known name. */
const char *errno_name(int error);

/* signal_name - "SIGSEGV" for SIGSEGV; "a signal" for one without a known name. */
const char *signal_name(int signal);

#endif
