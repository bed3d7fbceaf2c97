/* A session that ends when its controller falls silent. */
#ifndef FENCELAB_ATTEND_H
#define FENCELAB_ATTEND_H

#include <stdbool.h>
#include <stdint.h>

#include "request.h"

/* Starts zeroed: nobody is attended to. */
struct attend {
	uint64_t limit_ns; /* 0: silence is of no interest */
	uint64_t heard_ns; /* when the last byte came */
};

int attend_request(struct attend *a, struct request *r);
void attend_heard(struct attend *a);
bool attend_silent(const struct attend *a);
int attend_wait_ms(const struct attend *a);

#endif
