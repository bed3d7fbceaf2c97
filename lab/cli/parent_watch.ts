/** Ends work whose parent is gone, so that killing the launcher leaves nothing running. */

const PERIOD_MS = 250;

/**
 * Calls `gone` once when the parent process has died.
 *
 * SIGKILL cannot be passed on by the one that it hits, but whoever is left
 * behind gets another parent (getppid(2)).
 */
export function watchParent(gone: () => void): Disposable {
  const parent = Deno.ppid;
  const timer = setInterval(() => {
    if (Deno.ppid === parent) return;
    clearInterval(timer);
    gone();
  }, PERIOD_MS);
  Deno.unrefTimer(timer);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
