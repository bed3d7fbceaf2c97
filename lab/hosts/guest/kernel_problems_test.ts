import { assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";

import { HostError } from "../../format/host_error.ts";
import { mountRefusal, SmallDisk } from "../../store/testdata/small_disk.ts";
import { parseGuestName } from "./guest_name.ts";
import { prepareKernel } from "./kernel.ts";
import { prepareGuests } from "./prepare.ts";
import { BUILT_IN, type DebianArchive } from "./testdata/debian_archive.ts";
import { arm64Image, bzImage, elf, gzip } from "./testdata/kernel_bytes.ts";
import {
  aptWith,
  archiveTest,
  FIRST,
  META,
  namesBelow,
  Variable,
} from "./testdata/kernel_bench.ts";
import { SlowMirror } from "./testdata/slow_mirror.ts";

Deno.test("prepareKernel() takes a kernel by its path as it is", async () => {
  const folder = await Deno.makeTempDir();
  using _path = new Variable("PATH", "/no/such/folder"); // no apt, no network
  const byPath = async (host: string, bytes: Uint8Array): Promise<string | null> => {
    await Deno.writeFile(`${folder}/image`, bytes);
    const spec = parseGuestName(`${host}@${folder}/image`);
    try {
      const kernel = await prepareKernel(spec, { cache: `${folder}/cache` });
      assertEquals([kernel.image, kernel.modules], [`${folder}/image`, []]);
      assertEquals([kernel.release, kernel.package, kernel.sha256.length], [null, null, 64]);
      return null;
    } catch (error) {
      return (error as Error).message;
    }
  };
  try {
    assertEquals(await byPath("qemu-arm64", arm64Image), null);
    assertEquals(await byPath("qemu-arm64", await gzip(arm64Image)), null);
    assertEquals(await byPath("qemu-x86_64", bzImage), null);
    assertEquals(await byPath("qemu-ppc64le", elf(21, "little")), null);
    assertStringIncludes(
      (await byPath("qemu-arm64", bzImage))!,
      "it is for x86_64, not for aarch64. Remedy: for aarch64, give an Image",
    );
    assertStringIncludes((await byPath("qemu-ppc64le", elf(21, "big")))!, "it is for ppc64,");
    assertStringIncludes((await byPath("qemu-x86_64", elf(62, "little")))!, "in this form");
    assertStringIncludes((await byPath("qemu-x86_64", new Uint8Array(9)))!, "no kernel image");
    for (
      const [path, reason] of [
        [`${folder}/nothing`, "it does not exist. Remedy: check the path"],
        [folder, "it is no regular file"],
        [`${folder}/image/below`, "Not a directory"],
      ]
    ) {
      const spec = parseGuestName(`qemu-arm64@${path}`);
      const failure = prepareKernel(spec, { cache: folder });
      const error = await assertRejects(() => failure, HostError, reason);
      assertStringIncludes(error.message, `Cannot use kernel '${path}': `);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("prepareKernel() says that there is no apt, and what helps", async () => {
  const cache = await Deno.makeTempDir();
  using _path = new Variable("PATH", "/no/such/folder");
  const spec = parseGuestName("qemu-ppc64le@6.12-64k");
  const error = await assertRejects(() => prepareKernel(spec, { cache, mirror: "file:/x" }));
  assertEquals(
    (error as Error).message,
    "Cannot prepare kernel 6.12-64k for ppc64le: there is no 'apt-get' on PATH. Remedy: on " +
      "Debian, install apt; elsewhere, name a kernel image by its path, as in " +
      "qemu-arm64@/boot/vmlinuz",
  );
  await Deno.remove(cache, { recursive: true });
});

/** The archive's public key as it can stand in a source. */
function inlineKey(archive: DebianArchive): string {
  const { stdout } = new Deno.Command("gpg", {
    args: ["--quiet", "--batch", "--no-options", "--enarmor", "--output", "-", archive.keyring],
  }).outputSync();
  return new TextDecoder().decode(stdout).replaceAll("ARMORED FILE", "PUBLIC KEY BLOCK").trim()
    .split("\n").filter((line) => !line.startsWith("Comment:"))
    .map((line) => ` ${line === "" ? "." : line}`).join("\n");
}

archiveTest("prepareKernel() asks the mirror of the system's sources", async (bench) => {
  const { uri, keyring } = bench.archive;
  const cases: Record<string, string> = {
    "sources.list": `deb [signed-by=${keyring}] ${uri} bookworm main\n`,
    "sources.list.d/a.sources":
      `Types: deb\nURIs: ${uri}\nSuites: sid\nComponents: main\nSigned-By:\n${
        inlineKey(bench.archive)
      }\n`,
  };
  for (const [name, text] of Object.entries(cases)) {
    using _config = await aptWith(`${bench.cache}/${name}.etc`, { [name]: text });
    const cache = `${bench.cache}/${name}.cache`;
    const kernel = await prepareKernel(parseGuestName("qemu-arm64"), { cache });
    assertEquals([kernel.release, kernel.problem], [FIRST.release, null]);
  }
});

archiveTest("prepareKernel() does without security updates that cannot be read", async (bench) => {
  const { uri, keyring } = bench.archive;
  using _config = await aptWith(`${bench.cache}/etc`, {
    "sources.list": `deb [signed-by=${keyring}] ${uri} trixie main\n` +
      `deb [signed-by=${keyring}] file:/no/such/debian-security trixie-security main\n`,
  });
  const options = { cache: bench.cache };
  const kernel = await prepareKernel(parseGuestName("qemu-arm64"), options);
  assertEquals(kernel.release, FIRST.release);
  assertStringIncludes(kernel.problem!, "Cannot read the list of trixie's security updates: ");
});

archiveTest("prepareKernel() says that no source is Debian's", async (bench) => {
  using _config = await aptWith(`${bench.cache}/etc`, {
    "sources.list": "deb http://archive.example/ubuntu noble main\n",
  });
  await assertRejects(
    () => prepareKernel(parseGuestName("qemu-arm64"), { cache: bench.cache }),
    HostError,
    "none of apt's sources on this machine is Debian's. Remedy: give a mirror",
  );
});

archiveTest("prepareKernel() names a mirror that does not answer", async (bench) => {
  using _config = await aptWith(`${bench.cache}/etc`, {}, 'Acquire::Retries "0";\n');
  const error = await assertRejects(
    () => bench.prepare({ mirror: "http://127.0.0.1:1/debian" }), // nobody listens there
    HostError,
    "127.0.0.1:1",
  );
  assertStringIncludes(error.message, "Remedy: check the network and apt's proxy");
});

archiveTest("prepareKernel() names a full disk", async (bench) => {
  using _config = await aptWith(`${bench.cache}/etc`, {}, 'Acquire::Retries "0";\n');
  const image = new Uint8Array(3_000_000);
  image.set(arm64Image);
  const files = {
    [`boot/vmlinuz-${FIRST.release}`]: image,
    [`boot/config-${FIRST.release}`]: BUILT_IN,
  };
  await bench.archive.publish("trixie", { ...FIRST, files }, META);
  await using mirror = new SlowMirror(bench.archive.path, Infinity);
  // Too small for the package; for the package and the image; for the lists
  for (const bytes of [2_000_000, 4_500_000, 4096]) {
    using disk = new SmallDisk(bytes);
    const cache = `${disk.path}/kernels`;
    const error = await assertRejects(
      () => bench.prepare({ cache, mirror: mirror.uri }),
      HostError,
    );
    assertMatch(error.message, /No space left on device|Wrote only/);
    assertStringIncludes(error.message, "Remedy: free space");
    assertEquals(namesBelow(disk.path).filter((name) => /vmlinuz|\.deb/.test(name)), []);
  }
}, mountRefusal());

archiveTest("prepareKernel() needs no writable cache for a kernel that is there", async (bench) => {
  using disk = new SmallDisk(1_000_000);
  const options = { cache: disk.path };
  const kernel = await bench.prepare(options);
  disk.freeze();
  const kept = await bench.prepare({ ...options, refresh: true });
  assertEquals([kept.image, kept.sha256], [kernel.image, kernel.sha256]);
  assertStringIncludes(kept.problem!, `the cache '${disk.path}' cannot be used (Read-only file`);
  const other = parseGuestName("qemu-arm64@6.1");
  const error = await assertRejects(() => bench.prepare(options, other), HostError);
  assertStringIncludes(error.message, "Remedy: make it writable, or set XDG_CACHE_HOME");
}, mountRefusal());

archiveTest("prepareKernel() ends its programs when it is aborted", async (bench) => {
  const image = new Uint8Array(1_000_000);
  image.set(arm64Image);
  const files = {
    [`boot/vmlinuz-${FIRST.release}`]: image,
    [`boot/config-${FIRST.release}`]: BUILT_IN,
  };
  await bench.archive.publish("trixie", { ...FIRST, files }, META);
  await using mirror = new SlowMirror(bench.archive.path, 100_000); // ten seconds
  const abort = new AbortController();
  const running = bench.prepare({ mirror: mirror.uri, signal: abort.signal });
  await Promise.race([mirror.packageAsked, running]);
  assertEquals(programsOf(Deno.pid).filter((name) => name === "apt-get").length, 1);
  abort.abort();
  await assertRejects(() => running, DOMException, "abort");
  assertEquals(mirror.packagesSent, 0);
  assertEquals(programsOf(Deno.pid).filter((name) => /^(?:apt-get|http)$/.test(name)), []);
  await assertRejects(() => bench.prepare({ signal: abort.signal }), DOMException, "abort");
});

archiveTest("prepareKernel() can be aborted while another process prepares", async (bench) => {
  await using mirror = new SlowMirror(bench.archive.path, 1);
  const first = new AbortController();
  const second = new AbortController();
  const running = bench.prepare({ mirror: mirror.uri, signal: first.signal });
  await Promise.race([mirror.packageAsked, running]);
  const waiting = bench.prepare({
    signal: second.signal,
    onProgress: (_fraction, label) => label.startsWith("waiting") && second.abort(),
  });
  await assertRejects(() => waiting, DOMException, "abort");
  first.abort();
  await assertRejects(() => running, DOMException, "abort");
});

archiveTest("prepareGuests() prepares what it can and says what it cannot", async (bench) => {
  const { archive, cache } = bench;
  const names = ["qemu-arm64", "qemu-arm64@6.12-rt", "qemu-arm64?cpus=4"];
  const labels: string[] = [];
  const done = await prepareGuests(names.map(parseGuestName), {
    cache,
    mirror: archive.uri,
    keyring: archive.keyring,
    onProgress: (name, _fraction, label) => labels.push(`${name}: ${label}`),
  });
  assertEquals(done.map(({ name }) => name), names);
  assertEquals(done.map(({ release }) => release), [FIRST.release, null, FIRST.release]);
  assertEquals(done.map(({ fromCache }) => fromCache), [false, false, true]);
  assertEquals(done.map(({ error }) => error instanceof HostError), [false, true, false]);
  assertEquals(done[0]!.path, done[2]!.path);
  assertEquals(labels.some((label) => label.startsWith("qemu-arm64?cpus=4: ")), true);
});

/** Names of the programs that run below a process. */
function programsOf(pid: number): string[] {
  const names: string[] = [];
  for (const { name } of Deno.readDirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const [, program, parent] = /\((.*)\) \w (\d+)/.exec(
        Deno.readTextFileSync(`/proc/${name}/stat`),
      )!;
      if (Number(parent) === pid) names.push(program!, ...programsOf(Number(name)));
    } catch {
      // it has ended
    }
  }
  return names;
}
