/* Picks the architecture's restartable section; see rseq/section.h. */
#ifndef FENCELAB_ARCH_RSEQ_H
#define FENCELAB_ARCH_RSEQ_H

#if defined(__x86_64__)
#include "arch/x86_64_rseq.h"
#elif defined(__aarch64__)
#include "arch/aarch64_rseq.h"
#elif defined(__powerpc64__) && defined(__LITTLE_ENDIAN__)
#include "arch/ppc64le_rseq.h"
#endif

#endif
