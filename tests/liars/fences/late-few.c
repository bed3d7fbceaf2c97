/* Registers after as few calls as a test may make before it looks. */
#define CALLS_WITHOUT 64
#include "late.h"
