/* Files of a host as they are, for controllers to interpret. */
#ifndef FENCELAB_READING_H
#define FENCELAB_READING_H

#include "protocol/json.h"

enum { READING_MAX = 256 * 1024 /* bytes of one file */ };

/* Texts by path and errors by path, as two JSON objects in the making. */
struct reading {
	struct json files, errors;
	char *buffer;
};

void reading_add(struct reading *reading, const char *path);
void reading_add_groups(struct reading *reading);

#endif
