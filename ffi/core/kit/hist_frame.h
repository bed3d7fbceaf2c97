/* Histograms on their way to the controller. */
#ifndef FENCELAB_HIST_FRAME_H
#define FENCELAB_HIST_FRAME_H

#include "kit/hist.h"
#include "protocol/json.h"

void hist_write(struct json *j, const char *key, const struct hist *h);
int hist_send(int out, const struct hist *h);

#endif
