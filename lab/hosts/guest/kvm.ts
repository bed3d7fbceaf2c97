/**
 * Whether KVM is worth a try.
 *
 * /dev/kvm can be there and yet guests on it hang or die (nested virtualisation).
 * Only a guest that answered proves it, so a failure is remembered until this machine
 * starts again, or for a day: somebody may have been given the right to use it.
 */

const NOTE = "kvm-broken";
const DAY_MS = 86_400_000;

/** Whether KVM has failed lately. */
export async function brokenKvm(directory: string): Promise<boolean> {
  try {
    const { mtime } = await Deno.stat(`${directory}/${NOTE}`);
    const age = Date.now() - (mtime?.getTime() ?? 0);
    return age < Math.min(DAY_MS, Deno.osUptime() * 1000);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Remembers that KVM has failed. */
export async function rememberBrokenKvm(directory: string): Promise<void> {
  await Deno.writeTextFile(`${directory}/${NOTE}`, "");
}
