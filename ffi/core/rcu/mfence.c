/*
 * The writer's fence of `mb-mfence`: the reader's instruction, as in liburcu,
 * whose mb flavour has the same fence on both sides.
 */
#include <errno.h>

#include "rcu/rcu.h"

static int mfence_open(struct fence *f)
{
#ifdef ARCH_MFENCE
	(void)f;
	return 0;
#else
	return fence_fail(f, ENOSYS, ARCH_NAME " has one full fence, which is that of mb");
#endif
}

static int mfence_heavy(struct fence *f)
{
	(void)f;
	/* pairs with the fences of the readers */
	arch_mfence();
	return 0;
}

const struct technique rcu_mfence = {
	.id = "fence",
	.flags = TECHNIQUE_FENCE,
	.open = mfence_open,
	.heavy = mfence_heavy,
};
