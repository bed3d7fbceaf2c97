/* One session: requests come in on one descriptor, frames go out on another. */
#ifndef FENCELAB_SESSION_H
#define FENCELAB_SESSION_H

int session_serve(int in, int out, const char *door);

#endif
