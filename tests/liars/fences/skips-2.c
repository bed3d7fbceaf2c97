/* Leaves out every second call. */
#define EVERY 2
#include "skips.h"
