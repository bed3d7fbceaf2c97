/* A session that ends when its controller falls silent. */
#ifndef FENCELAB_ATTEND_H
#define FENCELAB_ATTEND_H

#include <stdbool.h>
#include <stdint.h>

#include "protocol/request.h"

/* Starts zeroed: nobody is attended to. */
struct attend {
	uint64_t limit_ns; /* 0: silence is of no interest */
	uint64_t silent_ns; /* for how long it has listened in vain */
	uint64_t looked_ns; /* when it looked last */
};

int attend_request(struct attend *a, struct request *r);
void attend_heard(struct attend *a);
bool attend_silent(struct attend *a);
int attend_wait_ms(const struct attend *a);

#endif
