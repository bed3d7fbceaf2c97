/* Leaves out every 100th call. */
#define EVERY 100
#include "skips.h"
