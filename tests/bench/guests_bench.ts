/**
 * How soon an emulated host answers: booted once, then restored from what was saved.
 *
 * The time is that of opening the host, up to the agent's first frame: checking the kernel,
 * starting QEMU, booting or restoring, pinning, sending the agent. Target: the median of restored
 * guests is at most 2 s.
 */

import { ensureBuild } from "../../ffi/build.ts";
import { cacheDirectory } from "../../lab/places/cache_directory.ts";
import { guestHost } from "../../lab/hosts/guest/guest_host.ts";
import { parseGuestName } from "../../lab/hosts/guest/guest_name.ts";
import { hasProgram } from "../fixtures/needs.ts";

const RESTORES = 5;
const TARGET_SECONDS = 2;
const GUESTS = {
  "qemu-arm64": "qemu-system-aarch64",
  "qemu-ppc64le": "qemu-system-ppc64",
  "qemu-x86_64?accel=tcg": "qemu-system-x86_64",
} as const;

interface Opening {
  readonly seconds: number;
  readonly restored: boolean;
}

async function open(name: string, cache: string): Promise<Opening> {
  const begin = performance.now();
  await using connection = await guestHost(parseGuestName(name), { cache, slot: "bench" }).open();
  const seconds = (performance.now() - begin) / 1000;
  return { seconds, restored: connection.guest!.restored };
}

function row(name: string, kind: string, seconds: readonly number[], verdict: string): string {
  const sorted = seconds.toSorted((a, b) => a - b);
  const figures = [sorted[Math.floor(sorted.length / 2)]!, sorted[0]!, sorted.at(-1)!];
  const cells = figures.map((value) => value.toFixed(2).padStart(7)).join(" ");
  return `  ${name.padEnd(22)} ${kind.padEnd(8)} ${
    String(seconds.length).padStart(5)
  } ${cells}  ${verdict}`;
}

async function benchGuest(name: string, cache: string): Promise<string[]> {
  await ensureBuild(parseGuestName(name).arch);
  const cold = await open(name, cache);
  const restores: Opening[] = [];
  for (let i = 0; i < RESTORES; i++) restores.push(await open(name, cache));
  const seconds = restores.map((one) => one.seconds);
  const median = seconds.toSorted((a, b) => a - b)[Math.floor(RESTORES / 2)]!;
  const booted = restores.filter(({ restored }) => !restored).length;
  const verdict = median > TARGET_SECONDS || booted > 0 ? "FAIL" : "PASS";
  return [
    row(name, "boot", [cold.seconds], cold.restored ? "(restored: no boot)" : ""),
    row(name, "restore", seconds, booted > 0 ? `${verdict}: ${booted} booted instead` : verdict),
  ];
}

/** Runs the bench; returns lines of a table. */
export async function benchGuests(): Promise<string[]> {
  const kept = cacheDirectory();
  if (kept === null) return ["guests: skipped, no cache directory for kernels"];
  const lines = [
    `seconds until an emulated host answers (target: restored within ${TARGET_SECONDS} s, median)`,
    "  host                   how      count  median     min     max",
  ];
  for (const [name, program] of Object.entries(GUESTS)) {
    if (!hasProgram(program)) {
      lines.push(`  ${name.padEnd(22)} skipped: needs ${program}`);
      continue;
    }
    // Saved guests of its own, so that the first one boots; kernels are those that were fetched
    const cache = await Deno.makeTempDir({ prefix: "fencelab-bench-" });
    try {
      await Deno.mkdir(`${kept}/kernels`, { recursive: true });
      await Deno.symlink(`${kept}/kernels`, `${cache}/kernels`);
      lines.push(...await benchGuest(name, cache));
    } finally {
      await Deno.remove(cache, { recursive: true });
    }
  }
  return lines;
}
