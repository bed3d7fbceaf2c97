/** The shared library's symbols, one table; loaded when it is first needed, never at import. */

/** Exported functions; each parameter is annotated with its C declaration (ffi/core/session/door.h). */
const symbols = {
  fencelab_open: {
    parameters: ["buffer"], // int32_t *fd_and_pid
    result: "i32",
  },
  fencelab_read: {
    parameters: ["i32", "buffer", "usize"], // int32_t fd, uint8_t *bytes, size_t room
    result: "i32",
    nonblocking: true,
  },
  fencelab_write: {
    parameters: ["i32", "buffer", "usize"], // int32_t fd, const uint8_t *bytes, size_t length
    result: "i32",
  },
  fencelab_shutdown: {
    parameters: ["i32"], // int32_t fd
    result: "i32",
  },
  fencelab_close: {
    parameters: ["i32", "i32"], // int32_t fd, int32_t pid
    result: "i32",
    nonblocking: true,
  },
  fencelab_membarrier: {
    parameters: ["i32", "u32", "i32"], // int32_t command, uint32_t flags, int32_t cpu
    result: "i64",
  },
  fencelab_fence_open: {
    parameters: ["buffer", "i32", "buffer", "usize"], // const uint8_t *id, int32_t cpu, uint8_t *reason, size_t room
    result: "pointer",
  },
  fencelab_fence_heavy: {
    parameters: ["pointer"], // void *fence
    result: "i32",
  },
  fencelab_fence_close: {
    parameters: ["pointer"], // void *fence
    result: "void",
  },
  fencelab_full_fence: {
    parameters: [],
    result: "void",
  },
} as const satisfies Deno.ForeignLibraryInterface;

export type Library = Deno.DynamicLibrary<typeof symbols>;

/** The shared library cannot be loaded. */
export class LibraryError extends Error {
  override readonly name = "LibraryError";
}

const loaded = new Map<string, Library>();

/**
 * Loads the shared library, once per path.
 *
 * It stays loaded until the process ends: handlers of the `signal` technique may
 * still run in it.
 *
 * @throws {LibraryError} If the file cannot be loaded.
 */
export function loadLibrary(path: string): Library {
  let library = loaded.get(path);
  if (library) return library;
  try {
    library = Deno.dlopen(path, symbols);
  } catch (cause) {
    if (cause instanceof Deno.errors.NotCapable) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new LibraryError(
      `Cannot load the C core from '${path}': ${why}. Remedy: build it with 'deno task build'`,
      { cause },
    );
  }
  loaded.set(path, library);
  return library;
}
