/** A host is not known or cannot be used; the message names the host, the cause and the remedy. */
export class HostError extends Error {
  override readonly name = "HostError";
}
