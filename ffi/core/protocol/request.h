/*
 * Requests: "key=value" lines, ended by an empty line.
 *
 *     request=cost
 *     technique=mprotect
 *     siblings=1
 *     <empty line>
 *
 * Strictly parsed: unknown, repeated or malformed keys and values out of range
 * are errors, so that a controller that asks for more than this core knows is
 * told so and never gets something else than it asked for.
 */
#ifndef FENCELAB_REQUEST_H
#define FENCELAB_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	REQUEST_MAX = 64 * 1024, /* bytes of one request */
	REQUEST_KEYS = 48,
	/* more CPUs than any kernel has been built for: NR_CPUS <= 8192, half of them siblings */
	CPU_LIST_MAX = 4096,
};

struct request {
	struct {
		const char *key, *value;
		bool used;
	} pair[REQUEST_KEYS];
	int pairs;
	char text[REQUEST_MAX];
	char error[256]; /* first error; empty while there is none */
};

int request_parse(struct request *r, const char *text, size_t length);
const char *request_string(struct request *r, const char *key, const char *otherwise);
uint64_t request_u64(struct request *r, const char *key, uint64_t min, uint64_t max, uint64_t otherwise);
int request_cpus(struct request *r, const char *key, int *cpus, int max);
int request_cpu(struct request *r, const char *key);
int request_choice(struct request *r, const char *key, const char *const *names, size_t n);
void request_priority(struct request *r, bool *fifo, bool *autogroup);
void request_fail(struct request *r, const char *format, ...) __attribute__((format(printf, 2, 3)));
int request_finish(struct request *r);

#endif
