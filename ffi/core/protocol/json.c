/* JSON writer: any bytes become a valid string; doubles carry 12 digits, more than any measurement has. */
#include "protocol/json.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void json_init(struct json *j)
{
	memset(j, 0, sizeof(*j));
}

void json_free(struct json *j)
{
	free(j->text);
	json_init(j);
}

static void put(struct json *j, const char *text, size_t len)
{
	if (j->failed)
		return;
	if (j->len + len + 1 > j->cap) {
		size_t cap = j->cap ? j->cap : 1024;

		while (j->len + len + 1 > cap)
			cap *= 2;
		char *grown = realloc(j->text, cap);

		if (!grown) {
			j->failed = true;
			return;
		}
		j->text = grown;
		j->cap = cap;
	}
	memcpy(j->text + j->len, text, len);
	j->len += len;
	j->text[j->len] = '\0';
}

/*
 * utf8_length - bytes of the valid UTF-8 sequence at s, 0 if there is none.
 * Files of a host may hold any bytes, a JSON text may not.
 */
static size_t utf8_length(const unsigned char *s, size_t left)
{
	size_t len = s[0] < 0x80		 ? 1 :
		     s[0] >= 0xc2 && s[0] < 0xe0 ? 2 :
		     (s[0] & 0xf0) == 0xe0	 ? 3 :
		     s[0] >= 0xf0 && s[0] < 0xf5 ? 4 :
						   0;

	if (len == 0 || len > left)
		return 0;
	for (size_t i = 1; i < len; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	/* Overlong forms, surrogates and what lies beyond U+10FFFF are not UTF-8. */
	if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) ||
	    (s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f))
		return 0;
	return len;
}

static void quoted(struct json *j, const char *value, size_t len)
{
	const unsigned char *s = (const unsigned char *)value;

	put(j, "\"", 1);
	for (size_t i = 0; i < len;) {
		size_t n = utf8_length(s + i, len - i);

		if (n == 0) {
			put(j, "\\ufffd", 6);
			i++;
		} else if (n == 1 && (s[i] < 0x20 || s[i] == '"' || s[i] == '\\')) {
			char escape[8];

			snprintf(escape, sizeof(escape), "\\u%04x", s[i]);
			put(j, escape, 6);
			i++;
		} else {
			put(j, value + i, n);
			i += n;
		}
	}
	put(j, "\"", 1);
}

static void begin(struct json *j, const char *key)
{
	if (j->comma)
		put(j, ",", 1);
	j->comma = true;
	if (key) {
		quoted(j, key, strlen(key));
		put(j, ":", 1);
	}
}

static void open_bracket(struct json *j, const char *key, const char *bracket)
{
	begin(j, key);
	put(j, bracket, 1);
	j->comma = false;
}

static void close_bracket(struct json *j, const char *bracket)
{
	put(j, bracket, 1);
	j->comma = true;
}

void json_object(struct json *j, const char *key)
{
	open_bracket(j, key, "{");
}

void json_object_end(struct json *j)
{
	close_bracket(j, "}");
}

void json_array(struct json *j, const char *key)
{
	open_bracket(j, key, "[");
}

void json_array_end(struct json *j)
{
	close_bracket(j, "]");
}

void json_bytes(struct json *j, const char *key, const char *value, size_t len)
{
	begin(j, key);
	quoted(j, value, len);
}

void json_string(struct json *j, const char *key, const char *value)
{
	if (!value)
		json_null(j, key);
	else
		json_bytes(j, key, value, strlen(value));
}

static void literal(struct json *j, const char *key, const char *text)
{
	begin(j, key);
	put(j, text, strlen(text));
}

void json_u64(struct json *j, const char *key, uint64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, value);
	literal(j, key, text);
}

void json_i64(struct json *j, const char *key, int64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRId64, value);
	literal(j, key, text);
}

/* json_double - null for what JSON cannot say (NaN, infinities). */
void json_double(struct json *j, const char *key, double value)
{
	char text[32];

	if (!isfinite(value)) {
		json_null(j, key);
		return;
	}
	snprintf(text, sizeof(text), "%.12g", value);
	literal(j, key, text);
}

void json_bool(struct json *j, const char *key, bool value)
{
	literal(j, key, value ? "true" : "false");
}

void json_null(struct json *j, const char *key)
{
	literal(j, key, "null");
}

/* json_cpus - an array of n CPU numbers. */
void json_cpus(struct json *j, const char *key, const int *cpus, int n)
{
	json_array(j, key);
	for (int i = 0; i < n; i++)
		json_i64(j, NULL, cpus[i]);
	json_array_end(j);
}

/* json_raw - a finished JSON text as a value; it is freed. */
void json_raw(struct json *j, const char *key, struct json *value)
{
	begin(j, key);
	put(j, value->text ? value->text : "null", value->text ? value->len : 4);
	j->failed |= value->failed;
	json_free(value);
}

/* json_errno - the error's name, or null for 0; accepts errno and -errno. */
void json_errno(struct json *j, const char *key, int error)
{
	if (error == 0)
		json_null(j, key);
	else
		json_string(j, key, errno_name(error < 0 ? -error : error));
}

/* glibc's strerrorname_np() needs 2.32; a table of what these calls can answer works everywhere. */
const char *errno_name(int error)
{
	static const struct {
		int number;
		const char *name;
	} names[] = {
		/* clang-format off */
		{ EPERM, "EPERM" },	  { ENOENT, "ENOENT" },	      { ESRCH, "ESRCH" },
		{ EINTR, "EINTR" },	  { EIO, "EIO" },	      { ENXIO, "ENXIO" },
		{ E2BIG, "E2BIG" },	  { EBADF, "EBADF" },	      { EAGAIN, "EAGAIN" },
		{ ENOMEM, "ENOMEM" },	  { EACCES, "EACCES" },	      { EFAULT, "EFAULT" },
		{ EBUSY, "EBUSY" },	  { EEXIST, "EEXIST" },	      { ENODEV, "ENODEV" },
		{ ENOTDIR, "ENOTDIR" },	  { EISDIR, "EISDIR" },	      { EINVAL, "EINVAL" },
		{ EMFILE, "EMFILE" },	  { ENOSPC, "ENOSPC" },	      { EROFS, "EROFS" },
		{ EPIPE, "EPIPE" },	  { ERANGE, "ERANGE" },	      { ENOSYS, "ENOSYS" },
		{ EOPNOTSUPP, "EOPNOTSUPP" }, { ETIMEDOUT, "ETIMEDOUT" }, { ECANCELED, "ECANCELED" },
		{ ENODATA, "ENODATA" },	  { EPROTO, "EPROTO" },	      { EMSGSIZE, "EMSGSIZE" },
		{ ENFILE, "ENFILE" },	  { EXDEV, "EXDEV" },	      { ELOOP, "ELOOP" },
		/* clang-format on */
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].number == error)
			return names[i].name;
	return "E0";
}

/* As above: sigabbrev_np() needs glibc 2.32. */
const char *signal_name(int signal)
{
	static const struct {
		int number;
		const char *name;
	} names[] = {
		/* clang-format off */
		{ SIGSEGV, "SIGSEGV" }, { SIGBUS, "SIGBUS" },	{ SIGILL, "SIGILL" },
		{ SIGFPE, "SIGFPE" },	{ SIGABRT, "SIGABRT" }, { SIGTRAP, "SIGTRAP" },
		{ SIGSYS, "SIGSYS" },	{ SIGKILL, "SIGKILL" }, { SIGTERM, "SIGTERM" },
		{ SIGALRM, "SIGALRM" }, { SIGPIPE, "SIGPIPE" }, { SIGXCPU, "SIGXCPU" },
		/* clang-format on */
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].number == signal)
			return names[i].name;
	return "a signal";
}
