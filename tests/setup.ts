/**
 * `deno task setup`: installs the Debian packages that building and testing need.
 *
 * As root it installs them with apt; otherwise it prints the line for somebody who may.
 */

const PACKAGES = [
  "gcc",
  "libc6-dev",
  "clang-format",
  "liburcu-dev",
  "gcc-aarch64-linux-gnu",
  "libc6-dev-arm64-cross",
  "gcc-powerpc64le-linux-gnu",
  "libc6-dev-ppc64el-cross",
  "qemu-user",
  "qemu-system-arm",
  "qemu-system-ppc",
  "qemu-system-x86",
  "gnupg",
  "openssh-server",
  "openssh-client",
  "busybox",
  "ksh",
  "mksh",
  "iproute2",
  "trace-cmd",
  "stress-ng",
  "linux-perf",
  "util-linux",
  "munge",
  "slurm-client",
  "slurmctld",
  "slurmd",
  "chromium-headless-shell",
] as const;

function say(line: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`${line}\n`));
}

async function missing(): Promise<string[]> {
  const { stdout } = await new Deno.Command("dpkg-query", {
    args: ["--show", "--showformat=${Package} ${db:Status-Status}\\n", ...PACKAGES],
    stderr: "null",
  }).output();
  const installed = new Set(
    new TextDecoder().decode(stdout).split("\n").filter((line) => line.endsWith(" installed"))
      .map((line) => line.split(" ")[0]),
  );
  return PACKAGES.filter((name) => !installed.has(name));
}

async function apt(...args: string[]): Promise<boolean> {
  const { success } = await new Deno.Command("apt-get", {
    args: ["-qq", ...args],
    env: { DEBIAN_FRONTEND: "noninteractive" },
    stdout: "null",
  }).spawn().status;
  return success;
}

async function main(): Promise<number> {
  let packages: string[];
  try {
    packages = await missing();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    say("This is no Debian: install a C compiler and the static C library by your own means");
    return 1;
  }
  if (packages.length === 0) {
    say("Everything is installed");
    return 0;
  }
  const line = `apt-get install --no-install-recommends ${packages.join(" ")}`;
  if (Deno.uid() !== 0) {
    say(`Run as root: ${line}`);
    return 1;
  }
  say(line);
  const ok = await apt("update") &&
    await apt("install", "--yes", "--no-install-recommends", ...packages);
  if (!ok) say("apt-get failed; see its message above");
  return ok ? 0 : 1;
}

Deno.exit(await main());
