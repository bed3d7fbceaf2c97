/* How an attempt to measure ended, in the words that all experiments share. */
#ifndef FENCELAB_ATTEMPT_H
#define FENCELAB_ATTEMPT_H

#include <stdbool.h>

#include "protocol/json.h"

/* Of an attempt whose process was killed or left: there is no errno. */
#define ATTEMPT_DIED (-4096)

bool error_passes(int error);
void attempt_write(struct json *j, int error, bool refused, const char *reason);

#endif
