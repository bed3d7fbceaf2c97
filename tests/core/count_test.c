/* /proc/interrupts of three architectures: which rows and columns are summed. */
#include "check.h"

#include <errno.h>

#include "kit/count.h"

static const char x86[] = "            CPU0       CPU1       CPU3       \n"
			  "   1:          9          0          0  IO-APIC   1-edge      i8042\n"
			  " LOC:       4713       4600       1000  Local timer interrupts\n"
			  " RES:          1          2          4  Rescheduling interrupts\n"
			  " CAL:         10         20         40  Function call interrupts\n"
			  " TLB:          5          6          7  TLB shootdowns\n"
			  " ERR:          0\n";

static const char arm64[] = "           CPU0       CPU1       \n"
			    " 11:      17551      12345     GICv3  27 Level     arch_timer\n"
			    "IPI0:       100        200       Rescheduling interrupts\n"
			    "IPI1:      1000       2000       Function call interrupts\n"
			    "IPI2:         7          7       CPU stop interrupts\n"
			    "Err:          0\n";

static const char ppc64le[] = "           CPU0       CPU1       \n"
			      " 16:        300        400  XICS   2 Edge      IPI\n"
			      "LOC:       5000       6000   Local timer interrupts for timer event device\n"
			      "DBL:          5          6   Doorbell interrupts\n";

void test_count(void)
{
	static const int first[] = { 0 }, second[] = { 1, 3 }, absent[] = { 2 };
	uint64_t total;

	CHECK(count_proc_parse(x86, first, 1, &total) == 0 && total == 11);
	CHECK(count_proc_parse(x86, second, 2, &total) == 0 && total == 66);
	CHECK(count_proc_parse(x86, absent, 1, &total) == 0 && total == 0);
	CHECK(count_proc_parse(arm64, second, 1, &total) == 0 && total == 2200);
	CHECK(count_proc_parse(ppc64le, first, 1, &total) == 0 && total == 305);
	CHECK(count_proc_parse("", first, 1, &total) == -ENODATA);
	CHECK(count_proc_parse("   CPU0\n LOC: 1\n", first, 1, &total) == -ENODATA);
}
