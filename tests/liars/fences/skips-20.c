/* Leaves out every 20th call. */
#define EVERY 20
#include "skips.h"
