/* Ends whatever a request has left running. */
#ifndef FENCELAB_REAP_H
#define FENCELAB_REAP_H

#include <stdbool.h>
#include <sys/types.h>

void reap_adopt(void);
bool reap_ended(pid_t worker);
void reap_all(void);

#endif
