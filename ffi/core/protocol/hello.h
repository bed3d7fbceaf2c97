/* The first frame of a session: who speaks, and which protocol. */
#ifndef FENCELAB_HELLO_H
#define FENCELAB_HELLO_H

#include "protocol/json.h"

void hello_write(struct json *j, const char *door);

#endif
