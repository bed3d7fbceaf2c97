/* Starts a program behind a gate, so that tracing is on before its first instruction. */
#include "capture/program.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "protocol/json.h"

enum { ARGS_MAX = 1024 };

static int hex(char c)
{
	return c >= '0' && c <= '9' ? c - '0' :
	       c >= 'a' && c <= 'f' ? c - 'a' + 10 :
	       c >= 'A' && c <= 'F' ? c - 'A' + 10 :
				      -1;
}

/* "a%20b c" to {"a b", "c", NULL} in place; number of arguments or -EINVAL. */
static int split(char *text, char **args)
{
	int n = 0;

	for (char *save, *word = strtok_r(text, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
		char *to = word;

		if (n == ARGS_MAX - 1)
			return -EINVAL;
		args[n++] = word;
		for (const char *from = word; *from;) {
			if (*from != '%') {
				*to++ = *from++;
				continue;
			}
			int high = hex(from[1]), low = high < 0 ? -1 : hex(from[2]);

			if (low < 0 || (high == 0 && low == 0))
				return -EINVAL;
			*to++ = (char)(high << 4 | low);
			from += 3;
		}
		*to = '\0';
	}
	args[n] = NULL;
	return n;
}

/* In the child: wait for the gate, then become the program. */
static void become(char **args, const int *gate, const int *output)
{
	char unused;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	dup2(output[0], STDOUT_FILENO);
	dup2(output[1], STDERR_FILENO);
	close(gate[1]);
	while (read(gate[0], &unused, 1) < 0 && errno == EINTR)
		;
	signal(SIGPIPE, SIG_DFL);
	execvp(args[0], args);
	dprintf(STDERR_FILENO, "%s: %s\n", args[0], strerror(errno));
	_exit(127);
}

/* Whether a program can be executed at all is known before anything is traced. */
static int check_program(struct program *program, const char *name)
{
	const char *path = getenv("PATH");
	char file[4096];

	if (strchr(name, '/'))
		return access(name, X_OK) == 0 ? 0 : -errno;
	for (const char *at = path ? path : ""; *at;) {
		size_t length = strcspn(at, ":");

		snprintf(file, sizeof(file), "%.*s/%s", (int)length, at, name);
		if (access(file, X_OK) == 0)
			return 0;
		at += length + (at[length] == ':');
	}
	snprintf(program->reason, sizeof(program->reason), "there is no program '%.100s'", name);
	return -ENOENT;
}

/*
 * program_start - start a command that waits for program_go().
 *
 * Its stdin is empty. 0, or -errno with the reason.
 */
int program_start(struct program *program, const char *command)
{
	char *text = strdup(command), **args = calloc(ARGS_MAX, sizeof(char *));
	int gate[2], out[2], err[2];
	int n = text && args ? split(text, args) : -ENOMEM;

	if (n <= 0) {
		snprintf(program->reason, sizeof(program->reason), "the command cannot be decoded");
		return n ? n : -EINVAL;
	}
	int ret = check_program(program, args[0]);

	if (ret) {
		if (!program->reason[0])
			snprintf(program->reason, sizeof(program->reason),
				 "'%.100s' cannot be executed: %s", args[0], errno_name(-ret));
		return ret;
	}
	if (pipe2(gate, O_CLOEXEC) || pipe2(out, O_CLOEXEC) || pipe2(err, O_CLOEXEC))
		return -errno;
	int output[2] = { out[1], err[1] };

	program->pid = fork();
	if (program->pid == 0) {
		int null = open("/dev/null", O_RDONLY);

		dup2(null, STDIN_FILENO);
		become(args, gate, output);
	}
	free(args);
	free(text);
	close(gate[0]);
	close(out[1]);
	close(err[1]);
	if (program->pid < 0) {
		ret = -errno;
		program->pid = 0;
		close(gate[1]);
		close(out[0]);
		close(err[0]);
		return ret;
	}
	program->gate = gate[1];
	program->output[0] = out[0];
	program->output[1] = err[0];
	return 0;
}

/* program_go - let it begin; 0 or -errno. */
int program_go(struct program *program)
{
	return close(program->gate) ? -errno : 0;
}

/* program_ended - has it ended? Its status is then in the struct. */
bool program_ended(struct program *program)
{
	int status;

	if (!program->ended && waitpid(program->pid, &status, WNOHANG) == program->pid) {
		program->ended = true;
		program->status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
		program->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	}
	return program->ended;
}

/* program_kill - end it, if it still runs. */
void program_kill(struct program *program)
{
	if (!program->pid || program_ended(program))
		return;
	kill(program->pid, SIGKILL);
	waitpid(program->pid, NULL, 0);
	program->ended = true;
	program->status = -1;
	program->signal = SIGKILL;
}
