/* Which trace events a capture enables, by what the kernel has. */
#ifndef FENCELAB_CAPTURE_EVENTS_H
#define FENCELAB_CAPTURE_EVENTS_H

#include "capture/instance.h"

/* Best evidence for an interrupt that this kernel gives; recorded with the run. */
enum ladder { LADDER_CSD, LADDER_IPI, LADDER_IRQ_VECTORS, LADDER_IRQ, LADDER_PROC };

const char *ladder_name(enum ladder ladder);
int events_enable(const struct instance *instance, enum ladder *ladder, struct json *names);
int events_send_formats(const struct instance *instance, int out);
int events_enable_processes(const struct instance *instance, struct json *names);
int events_filter_calls(const struct instance *instance);
int events_filter_threads(const struct instance *instance, const int *tids, int n);

#endif
