/** Why the server cannot listen where it was told to. */

/** The server cannot listen; the message names address, port, cause and remedy. */
export class ListenError extends Error {
  override readonly name = "ListenError";

  constructor({ hostname, port }: { hostname: string; port: number }, cause: unknown) {
    const { why, remedy } = reasonOf(cause);
    super(`Cannot listen on port ${port} of '${hostname}': ${why}. Remedy: ${remedy}`, { cause });
  }
}

function reasonOf(cause: unknown): { why: string; remedy: string } {
  const said = cause instanceof Error ? cause.message : String(cause);
  if (cause instanceof Deno.errors.AddrInUse) {
    return {
      why: "another program listens there",
      remedy: "end it, perhaps another server of pages, or give another --port",
    };
  }
  if (cause instanceof Deno.errors.AddrNotAvailable) {
    return {
      why: "this machine does not have that address",
      remedy: "give one that it has with --hostname, or 0.0.0.0 for all of them",
    };
  }
  if (cause instanceof Deno.errors.PermissionDenied) {
    return { why: said, remedy: "give a --port of 1024 or above: those below need root" };
  }
  if (/lookup address|No address associated/i.test(said)) {
    return { why: `the name is not known (${said})`, remedy: "give an address with --hostname" };
  }
  return { why: said, remedy: "see --hostname and --port" };
}
