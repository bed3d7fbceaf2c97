/* How often a call that was made many times gave each of its answers. */
#ifndef FENCELAB_ANSWERS_H
#define FENCELAB_ANSWERS_H

#include <stdint.h>

#include "protocol/json.h"

enum { ANSWERS_MAX = 8 };

struct answers {
	long answer[ANSWERS_MAX]; /* 0, another result, or -errno; in ascending order of size */
	uint64_t count[ANSWERS_MAX];
	int kinds;
};

void answers_add(struct answers *answers, long answer, uint64_t count);
void answers_merge(struct answers *into, const struct answers *from);
uint64_t answers_failed(const struct answers *answers);
int answers_most(const struct answers *answers);
void answers_name(char *name, size_t room, long answer);
void answers_write(struct json *j, const char *key, const struct answers *answers);

#endif
