/* The inside of a session: what its loop and its records share. */
#ifndef FENCELAB_SUPERVISOR_H
#define FENCELAB_SUPERVISOR_H

#include "protocol/relay.h"
#include "session/attend.h"
#include "session/claim.h"
#include "session/housekeeping.h"
#include "session/stop.h"
#include "session/warden.h"

struct session {
	int in;
	struct outlet out;
	struct relay relay;
	struct warden warden;
	struct attend attend;
	struct claim claim;
	struct housekeeping housekeeping;
	struct stop stop;
	char input[REQUEST_MAX];
	size_t have; /* bytes of input */
	bool alive; /* a heartbeat is to be answered; one answer does for several */
	char kind[32], id[64]; /* of the running request */
	struct request request;
};

int send_done(struct session *s, const char *status);
int handle_input(struct session *s);

#endif
