/* The static agent: a session on stdin and stdout, for hosts that are reached by a pipe. */
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kit/sys.h"
#include "protocol/json.h"
#include "session/session.h"

/* What the conformance case "registrations are lost over exec" wants to know of a fresh program. */
static int print_registrations(void)
{
	long mask = sys_membarrier(MB_GET_REGISTRATIONS, 0, 0);
	long fence = sys_membarrier(MB_PRIVATE_EXPEDITED, 0, 0);

	printf("%ld, PRIVATE_EXPEDITED %s\n", mask, fence < 0 ? errno_name((int)-fence) : "0");
	return 0;
}

/*
 * Remove this program and its directory, which were made for this one session.
 *
 * A running program needs no name; /proc/self/exe still leads to it.
 */
static void remove_self(const char *path)
{
	char *copy = strdup(path);

	unlink(path);
	if (copy)
		rmdir(dirname(copy));
	free(copy);
}

static int usage(FILE *to)
{
	fputs("fencelab-agent " FENCELAB_VERSION " (build " FENCELAB_BUILD ")\n"
	      "\n"
	      "Serves fencelab requests on standard input and answers with frames on\n"
	      "standard output. It is meant to be started by the lab, not by hand:\n"
	      "\n"
	      "  printf 'request=probe\\n\\n' | { cat; sleep 2; } | fencelab-agent | strings\n"
	      "\n"
	      "  --registrations  print this process's membarrier registrations\n"
	      "  --remove-self    remove this program and its directory, then serve\n"
	      "  --version        print version and build\n",
	      to);
	return to == stdout ? 0 : 1;
}

int main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "--remove-self") == 0) {
		remove_self(argv[0]);
		argc = 1;
	}
	if (argc == 1)
		return session_serve(STDIN_FILENO, STDOUT_FILENO, "agent") ? 1 : 0;
	if (argc == 2 && strcmp(argv[1], "--registrations") == 0)
		return print_registrations();
	if (argc == 2 && strcmp(argv[1], "--version") == 0)
		return puts(FENCELAB_VERSION " " FENCELAB_BUILD) < 0;
	if (argc == 2 && strcmp(argv[1], "--help") == 0)
		return usage(stdout);
	return usage(stderr);
}
