/* Picks the architecture's way of replacing code that another CPU runs. */
#ifndef FENCELAB_ARCH_CODE_H
#define FENCELAB_ARCH_CODE_H

#if defined(__x86_64__)
#include "arch/x86_64_code.h"
#elif defined(__aarch64__)
#include "arch/aarch64_code.h"
#elif defined(__powerpc64__) && defined(__LITTLE_ENDIAN__)
#include "arch/ppc64le_code.h"
#endif

#endif
