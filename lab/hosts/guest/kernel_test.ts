import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";

import { HostError } from "../../format/host_error.ts";
import { parseGuestName } from "./guest_name.ts";
import { BUILT_IN, DebianArchive } from "./testdata/debian_archive.ts";
import { arm64Image } from "./testdata/kernel_bytes.ts";
import { archiveTest, FIRST, META, namesBelow, SECOND } from "./testdata/kernel_bench.ts";

/** Changes what kernel.json says. */
async function edit(
  cache: string,
  change: (record: Record<string, unknown>) => void,
): Promise<void> {
  const path = `${cache}/aarch64-6.12-standard/kernel.json`;
  const record = JSON.parse(await Deno.readTextFile(path));
  change(record);
  await Deno.writeTextFile(path, JSON.stringify(record));
}

const LONG_AGO = new Date(Date.now() - 30 * 24 * 3600 * 1000).toISOString();

archiveTest("prepareKernel() fetches the newest kernel and keeps it", async (bench) => {
  const work = `${bench.cache}/apt/trixie-arm64/work/files`; // of a process that was killed
  await Deno.mkdir(work, { recursive: true });
  await Deno.writeTextFile(`${work}/vmlinuz-6.12.0`, "");
  const fractions: number[] = [];
  const kernel = await bench.prepare({
    onProgress(fraction, label): void {
      fractions.push(fraction);
      bench.labels.push(label);
    },
  });
  assertEquals(kernel.package, "linux-image-6.12.1-cloud-arm64 6.12.1-1");
  assertEquals(kernel.release, "6.12.1-cloud-arm64");
  assertEquals(kernel.modules, []);
  assertEquals(kernel.problem, null);
  assertEquals(kernel.bytesFetched, (await Deno.stat(bench.archive.deb(FIRST))).size);
  assertEquals(await Deno.readFile(kernel.image), arm64Image);
  assert(kernel.image.startsWith(`${bench.cache}/aarch64-6.12-standard/`));
  const text = bench.labels.join("\n");
  assertMatch(text, /^fetching linux-image-6.12.1-cloud-arm64 0.0 of 0.0 MB$/m);
  assertEquals(fractions, fractions.toSorted((a, b) => a - b));
  assertEquals(fractions.at(-1), 1);

  // Neither the archive nor the network is needed now
  const again = await bench.prepare({ mirror: "file:/no/such/mirror", offline: true });
  assertEquals(again, { ...kernel, bytesFetched: 0 });
});

archiveTest(
  "prepareKernel() asks for a newer version when told so, or after a week",
  async (bench) => {
    const first = await bench.prepare();
    await bench.archive.publish("trixie", SECOND, META);
    assertEquals((await bench.prepare()).release, FIRST.release);
    await edit(bench.cache, (record) => record["resolved"] = LONG_AGO);
    const second = await bench.prepare();
    assertEquals([second.release, second.problem], [SECOND.release, null]);
    // The one before stays for a guest that is about to start
    assertEquals(await Deno.readFile(first.image), arm64Image);

    await bench.archive.publish("trixie", { ...SECOND, version: "6.12.2-2" }, META);
    const third = await bench.prepare({ refresh: true });
    assertEquals(third.package, "linux-image-6.12.2-cloud-arm64 6.12.2-2");
    assert(third.bytesFetched > 0);
    await assertRejects(() => Deno.stat(first.image), Deno.errors.NotFound);
    const fourth = await bench.prepare({ refresh: true });
    assertEquals(fourth, { ...third, bytesFetched: 0 });
  },
);

archiveTest(
  "prepareKernel() takes modules that are not built in, in their order",
  async (bench) => {
    const release = "6.1.0-9-cloud-arm64";
    const drivers = `usr/lib/modules/${release}/kernel/drivers`;
    const names = ["virtio", "virtio_ring", "virtio_pci", "virtio_pci_modern_dev"];
    const files = Object.fromEntries([
      ...names.map((name) => [`${drivers}/virtio/${name}.ko.xz`, name]),
      [`${drivers}/char/virtio_console.ko.xz`, "virtio_console"],
      [`${drivers}/block/virtio_blk.ko.xz`, "not needed"],
      [`boot/vmlinuz-${release}`, arm64Image],
      [`boot/config-${release}`, BUILT_IN.replaceAll("=y", "=m") + "CONFIG_VIRTIO_PCI_LIB=m\n"],
    ]);
    const kernel = { release, version: "6.1.9-1", files };
    await bench.archive.publish("bookworm", kernel, META);
    const { modules } = await bench.prepare({}, parseGuestName("qemu-arm64@6.1"));
    assertEquals(
      modules.map(({ name }) => name),
      ["virtio", "virtio_ring", "virtio_pci_modern_dev", "virtio_pci", "virtio_console"]
        .map((name) => `${name}.ko.xz`),
    );
    assertEquals(await Deno.readTextFile(modules[4]!.path), "virtio_console");
    assertEquals(namesBelow(`${bench.cache}/aarch64-6.1-standard`).length, 8);

    delete files[`${drivers}/virtio/virtio_ring.ko.xz`];
    await bench.archive.publish("bookworm", { ...kernel, version: "6.1.9-2" }, META);
    const failed = await bench.prepare({ refresh: true }, parseGuestName("qemu-arm64@6.1"));
    assertStringIncludes(failed.problem!, "virtio_ring.ko");
  },
);

archiveTest("prepareKernel() refuses a package that differs from its checksum", async (bench) => {
  const deb = bench.archive.deb(FIRST);
  const bytes = await Deno.readFile(deb);
  bytes[bytes.length - 1]! ^= 1;
  await Deno.writeFile(deb, bytes);
  const error = await assertRejects(() => bench.prepare(), HostError, "Hash Sum mismatch");
  assertStringIncludes(error.message, "Cannot prepare kernel 6.12 for aarch64: ");
  assertStringIncludes(error.message, "Remedy: the mirror is damaged");
  assertEquals(namesBelow(bench.cache).filter((name) => name.startsWith("aarch64")), []);
});

archiveTest("prepareKernel() refuses an archive that another key has signed", async (bench) => {
  await using other = await DebianArchive.open();
  const error = await assertRejects(() => bench.prepare({ keyring: other.keyring }), HostError);
  assertStringIncludes(error.message, "debian-archive-keyring");
  await Deno.remove(`${bench.archive.path}/dists/trixie/InRelease`);
  await assertRejects(() => bench.prepare(), HostError, "not signed");
});

archiveTest("prepareKernel() names what an archive lacks", async (bench) => {
  const rt = parseGuestName("qemu-arm64@6.12-rt");
  const noPackage = await assertRejects(() => bench.prepare({}, rt), HostError);
  assertStringIncludes(
    noPackage.message,
    "Cannot prepare kernel 6.12-rt for aarch64: trixie has no linux-image-rt-arm64 for arm64",
  );
  const old = parseGuestName("qemu-arm64@6.1");
  const noSuite = await assertRejects(() => bench.prepare({}, old), HostError, "bookworm");
  assertStringIncludes(noSuite.message, "Remedy: give another mirror");
});

archiveTest("prepareKernel() refuses a package whose kernel no guest can use", async (bench) => {
  const image = `boot/vmlinuz-${FIRST.release}`;
  const config = `boot/config-${FIRST.release}`;
  for (
    const [files, reason] of [
      [{ [image]: "#!/bin/sh", [config]: BUILT_IN }, "not recognized"],
      [{ [image]: arm64Image, [config]: "CONFIG_VIRTIO_PCI=y\n" }, "CONFIG_VIRTIO_CONSOLE"],
      [{ [config]: BUILT_IN }, "unpacking it failed"],
    ] as const
  ) {
    await bench.archive.publish("trixie", { ...FIRST, files }, META);
    await assertRejects(() => bench.prepare(), HostError, reason);
  }
});

archiveTest(
  "prepareKernel() goes on with what it has when no newer one can be had",
  async (bench) => {
    const kernel = await bench.prepare();
    await edit(bench.cache, (record) => record["resolved"] = LONG_AGO);
    const gone = { mirror: "file:/no/such/mirror" };
    const kept = await bench.prepare(gone);
    assertStringIncludes(kept.problem!, "/no/such/mirror");
    assertEquals(kept, { ...kernel, bytesFetched: 0, problem: kept.problem });
    assertStringIncludes(bench.labels.at(-1)!, "no newer one can be had");
    // It does not ask again at once, unless it is told to
    assertEquals((await bench.prepare(gone)).problem, null);
    assert((await bench.prepare({ ...gone, refresh: true })).problem !== null);
  },
);

archiveTest(
  "prepareKernel() names a damaged kernel in the cache and fetches it again",
  async (bench) => {
    const kernel = await bench.prepare();
    const json = `${bench.cache}/aarch64-6.12-standard/kernel.json`;
    const damages: Record<string, () => Promise<void>> = {
      "the sha256 of 'vmlinuz-6.12.1-cloud-arm64' differs": () =>
        Deno.writeTextFile(kernel.image, "x", { append: true }),
      "'vmlinuz-6.12.1-cloud-arm64' cannot be read": () => Deno.remove(kernel.image),
      "kernel.json cannot be understood": () => Deno.writeTextFile(json, "{"),
      "kernel.json cannot be understood ": () =>
        edit(bench.cache, (record) => record["folder"] = "../elsewhere"),
    };
    for (const [reason, damage] of Object.entries(damages)) {
      await damage();
      const offline = await assertRejects(() => bench.prepare({ offline: true }), HostError);
      assertStringIncludes(offline.message, reason.trim());
      const again = await bench.prepare();
      assertEquals(again, kernel);
      assert(bench.labels.some((label) => label.includes(`damaged: ${reason.trim()}; fetching`)));
      bench.labels.length = 0;
    }
  },
);

archiveTest("prepareKernel() fetches once when asked several times at once", async (bench) => {
  const kernels = await Promise.all([1, 2, 3].map(() => bench.prepare()));
  assertEquals(new Set(kernels.map(({ image }) => image)).size, 1);
  assertEquals(kernels.filter(({ bytesFetched }) => bytesFetched > 0).length, 1);
  assert(bench.labels.some((label) => label.startsWith("waiting for another process")));
});

archiveTest("prepareKernel() says offline what is not there", async (bench) => {
  const error = await assertRejects(() => bench.prepare({ offline: true }), HostError, "offline");
  assertStringIncludes(error.message, `${bench.cache}/aarch64-6.12-standard`);
  assertEquals(namesBelow(bench.cache), []);
});
