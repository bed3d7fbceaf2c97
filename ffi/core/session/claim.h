/* One run per host at a time. */
#ifndef FENCELAB_CLAIM_H
#define FENCELAB_CLAIM_H

#include <stdbool.h>
#include <stddef.h>

enum { CLAIM_OWNER_MAX = 200 }; /* bytes of an owner's text */

struct claim {
	int fd; /* listening; -1 when nothing is claimed */
	char owner[CLAIM_OWNER_MAX + 1];
};

void claim_init(struct claim *c);
int claim_take(struct claim *c, const char *owner, char *holder, size_t room);
void claim_serve(const struct claim *c);
void claim_release(struct claim *c);

#endif
