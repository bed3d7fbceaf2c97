/*
 * Unit tests of the core; built with sanitizers. Exit status: 0 pass, 1 fail.
 * With an argument, those that need two CPUs; without, all others.
 */
#include "check.h"

int check_failures;

int main(int argc, char **argv)
{
	(void)argv;
	if (argc > 1) {
		test_disturbance();
		return check_failures ? 1 : 0;
	}
	test_hist();
	test_request();
	test_json();
	test_count();
	test_child();
	test_answers();
	test_techniques();
	test_core_sync();
	test_rseq();
	test_shapes();
	test_rcu();
	return check_failures ? 1 : 0;
}
