/* Signals that end a session in order. */
#ifndef FENCELAB_STOP_H
#define FENCELAB_STOP_H

#include <signal.h>

struct stop {
	int fd; /* readable when such a signal has come; -1 when there are none */
	sigset_t before; /* mask when the session began */
};

void stop_open(struct stop *s);
void stop_restore(const struct stop *s);
void stop_close(struct stop *s);

#endif
