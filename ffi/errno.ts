/** Names of error numbers, the same on all three architectures (asm-generic/errno*.h). */
const NAMES: Readonly<Record<number, string>> = {
  1: "EPERM",
  2: "ENOENT",
  3: "ESRCH",
  4: "EINTR",
  5: "EIO",
  9: "EBADF",
  11: "EAGAIN",
  12: "ENOMEM",
  13: "EACCES",
  14: "EFAULT",
  16: "EBUSY",
  19: "ENODEV",
  22: "EINVAL",
  23: "ENFILE",
  24: "EMFILE",
  28: "ENOSPC",
  32: "EPIPE",
  38: "ENOSYS",
  104: "ECONNRESET",
  110: "ETIMEDOUT",
};

/** "EPERM" for 1; "errno 999" for a number without a known name. */
export function errnoName(number: number): string {
  return NAMES[number] ?? `errno ${number}`;
}
