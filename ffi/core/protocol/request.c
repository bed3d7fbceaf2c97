/* Strict parser of request records. */
#include "protocol/request.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* request_fail - remember the first error; later ones are consequences. */
void request_fail(struct request *r, const char *format, ...)
{
	va_list args;

	if (r->error[0])
		return;
	va_start(args, format);
	vsnprintf(r->error, sizeof(r->error), format, args);
	va_end(args);
}

static bool key_ok(const char *key)
{
	if (*key < 'a' || *key > 'z')
		return false;
	for (; *key; key++)
		if (!((*key >= 'a' && *key <= 'z') || (*key >= '0' && *key <= '9') || *key == '-'))
			return false;
	return true;
}

static void add_pair(struct request *r, char *line)
{
	char *equals = strchr(line, '=');

	if (!equals) {
		request_fail(r, "line '%.60s' is not key=value", line);
		return;
	}
	*equals = '\0';
	if (!key_ok(line)) {
		request_fail(r, "'%.60s' is no key: lower-case letters, digits and '-' only", line);
		return;
	}
	for (const char *c = equals + 1; *c; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7f) {
			request_fail(r, "the value of '%.60s' holds a control character", line);
			return;
		}
	for (int i = 0; i < r->pairs; i++)
		if (strcmp(r->pair[i].key, line) == 0) {
			request_fail(r, "key '%.60s' is given twice", line);
			return;
		}
	if (r->pairs == REQUEST_KEYS) {
		request_fail(r, "more than %d keys", REQUEST_KEYS);
		return;
	}
	r->pair[r->pairs].key = line;
	r->pair[r->pairs].value = equals + 1;
	r->pair[r->pairs].used = false;
	r->pairs++;
}

/* request_parse - split one record (without its empty line). 0 or -EINVAL with r->error. */
int request_parse(struct request *r, const char *text, size_t length)
{
	r->pairs = 0;
	r->error[0] = '\0';
	if (length >= REQUEST_MAX) {
		request_fail(r, "longer than %d bytes", REQUEST_MAX - 1);
		return -EINVAL;
	}
	if (memchr(text, '\0', length)) {
		request_fail(r, "holds a NUL byte");
		return -EINVAL;
	}
	memcpy(r->text, text, length);
	r->text[length] = '\0';
	for (char *line = r->text; *line && !r->error[0];) {
		char *end = strchr(line, '\n');

		if (end)
			*end = '\0';
		add_pair(r, line);
		if (!end)
			break;
		line = end + 1;
	}
	return r->error[0] ? -EINVAL : 0;
}

/* request_string - value of a key, `otherwise` where the key is not given. */
const char *request_string(struct request *r, const char *key, const char *otherwise)
{
	for (int i = 0; i < r->pairs; i++)
		if (strcmp(r->pair[i].key, key) == 0) {
			r->pair[i].used = true;
			return r->pair[i].value;
		}
	return otherwise;
}

static bool parse_u64(const char *text, uint64_t *value)
{
	char *end;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	*value = strtoull(text, &end, 10);
	return errno == 0 && *end == '\0';
}

/* request_u64 - a decimal number between min and max, `otherwise` where the key is not given. */
uint64_t request_u64(struct request *r, const char *key, uint64_t min, uint64_t max, uint64_t otherwise)
{
	const char *text = request_string(r, key, NULL);
	uint64_t value;

	if (!text)
		return otherwise;
	if (!parse_u64(text, &value) || value < min || value > max) {
		request_fail(r, "%s=%.60s is no whole number from %llu to %llu", key, text,
			     (unsigned long long)min, (unsigned long long)max);
		return otherwise;
	}
	return value;
}

/*
 * request_cpus - a list "0,3,5" of distinct CPU numbers into cpus[max].
 *
 * Returns the number of CPUs, 0 for an absent or empty list.
 */
int request_cpus(struct request *r, const char *key, int *cpus, int max)
{
	const char *text = request_string(r, key, "");
	int n = 0;

	while (*text) {
		char *end;
		unsigned long cpu = strtoul(text, &end, 10);

		if (*text < '0' || *text > '9' || cpu >= 8192 || (*end && *end != ',') ||
		    (*end == ',' && !end[1])) {
			request_fail(r, "%s: '%.60s' is no list of CPU numbers like 0,3,5", key, text);
			return 0;
		}
		for (int i = 0; i < n; i++)
			if (cpus[i] == (int)cpu) {
				request_fail(r, "%s names CPU %lu twice", key, cpu);
				return 0;
			}
		if (n == max) {
			request_fail(r, "%s names more than %d CPUs", key, max);
			return 0;
		}
		cpus[n++] = (int)cpu;
		text = *end ? end + 1 : end;
	}
	return n;
}

/* request_cpu - the number of one CPU; -1 where none, or more than one, is given: that fails the request. */
int request_cpu(struct request *r, const char *key)
{
	int cpu = -1;

	if (request_cpus(r, key, &cpu, 1) != 1)
		request_fail(r, "%s names no CPU", key);
	return cpu;
}

/* request_choice - which of n names a key holds; the first one, 0, where the key is not given. */
int request_choice(struct request *r, const char *key, const char *const *names, size_t n)
{
	const char *value = request_string(r, key, names[0]);

	for (size_t i = 0; i < n; i++)
		if (strcmp(value, names[i]) == 0)
			return (int)i;
	request_fail(r, "%s '%.30s' is not known", key, value);
	return 0;
}

/* request_priority - which priority may be taken: fifo (and what is below it), autogroup, or none. */
void request_priority(struct request *r, bool *fifo, bool *autogroup)
{
	const char *priority = request_string(r, "priority", "fifo");

	*fifo = strcmp(priority, "fifo") == 0;
	*autogroup = *fifo || strcmp(priority, "autogroup") == 0;
	if (!*autogroup && strcmp(priority, "none") != 0)
		request_fail(r, "priority '%.20s' is none of fifo, autogroup, none", priority);
}

/* request_finish - after all keys were asked for: 0, or -EINVAL when one was bad or is unknown. */
int request_finish(struct request *r)
{
	for (int i = 0; i < r->pairs; i++)
		if (!r->pair[i].used)
			request_fail(r, "key '%.60s' is not known to this request", r->pair[i].key);
	return r->error[0] ? -EINVAL : 0;
}
