/* Unit tests of the core; built with sanitizers. Exit status: 0 pass, 1 fail. */
#include "check.h"

int check_failures;

int main(void)
{
	test_hist();
	test_request();
	test_json();
	test_count();
	test_child();
	test_techniques();
	test_core_sync();
	test_shapes();
	test_rcu();
	test_disturbance();
	return check_failures ? 1 : 0;
}
