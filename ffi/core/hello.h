/* The first frame of a session: who speaks, and which protocol. */
#ifndef FENCELAB_HELLO_H
#define FENCELAB_HELLO_H

int hello_send(int out, const char *door);

#endif
