/* What runs this program, as far as the program can see. */
#ifndef FENCELAB_PROGRAM_H
#define FENCELAB_PROGRAM_H

#include "protocol/json.h"

void program_write(struct json *j);

#endif
