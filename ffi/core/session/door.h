/*
 * The door for FFI: what the shared library exports.
 *
 * Only plain integers, byte buffers and opaque pointers cross it. Every function
 * returns -errno on failure.
 */
#ifndef FENCELAB_DOOR_H
#define FENCELAB_DOOR_H

#include <stddef.h>
#include <stdint.h>

#define EXPORT __attribute__((visibility("default")))

EXPORT int32_t fencelab_open(int32_t *fd_and_pid);
EXPORT int32_t fencelab_read(int32_t fd, uint8_t *bytes, size_t room);
EXPORT int32_t fencelab_write(int32_t fd, const uint8_t *bytes, size_t length);
EXPORT int32_t fencelab_shutdown(int32_t fd);
EXPORT int32_t fencelab_close(int32_t fd, int32_t pid);
EXPORT int64_t fencelab_membarrier(int32_t command, uint32_t flags, int32_t cpu);
EXPORT void *fencelab_fence_open(const uint8_t *id, int32_t cpu, uint8_t *reason, size_t room);
EXPORT int32_t fencelab_fence_heavy(void *fence);
EXPORT void fencelab_fence_close(void *fence);
EXPORT void fencelab_full_fence(void);

#endif
