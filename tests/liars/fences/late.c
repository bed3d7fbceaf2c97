/* Registers after a thousand calls. */
#define CALLS_WITHOUT 1000
#include "late.h"
