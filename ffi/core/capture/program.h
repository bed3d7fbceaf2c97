/* A program of the user's as a child process. */
#ifndef FENCELAB_PROGRAM_H
#define FENCELAB_PROGRAM_H

#include <stdbool.h>
#include <sys/types.h>

struct program {
	pid_t pid; /* 0 when there is none */
	int gate; /* closing it lets the program begin */
	int output[2]; /* its stdout and stderr, -1 when closed */
	bool ended;
	int status, signal; /* of its end */
	char reason[160]; /* why it could not be started */
};

int program_start(struct program *program, const char *command);
int program_go(struct program *program);
bool program_ended(struct program *program);
void program_kill(struct program *program);

#endif
