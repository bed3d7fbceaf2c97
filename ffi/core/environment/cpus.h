/* Which CPUs there are for the lab. */
#ifndef FENCELAB_CPUS_H
#define FENCELAB_CPUS_H

#include "protocol/json.h"

void cpus_write_list(struct json *j, const char *key, const char *path);
void cpus_write(struct json *j);

#endif
