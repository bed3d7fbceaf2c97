import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import fc from "fast-check";
import { CaptureError, readText } from "../../traces/convert/capture_source.ts";
import { convertCapture } from "../../traces/convert/convert.ts";
import { RingBufferError } from "../../traces/ring_buffer/errors.ts";
import { memoryFile } from "../../traces/trace_dat/random_access.ts";
import { isTraceDat, traceDatSource } from "../../traces/trace_dat/trace_dat.ts";
import { oneSenderCapture } from "../fixtures/traces/capture_maker.ts";
import { pageLayout } from "../fixtures/traces/page_maker.ts";
import { traceDat6, traceDat7 } from "../fixtures/traces/trace_dat_maker.ts";
import { hasProgram, needs } from "../fixtures/needs.ts";

/** All kinds of files, of one capture of 200 operations with three targets each. */
function samples(littleEndian: boolean): Record<string, Uint8Array> {
  const files = oneSenderCapture(pageLayout(4096, littleEndian), { operations: 200 }).build();
  return {
    "version 6": traceDat6(files, littleEndian),
    "version 7": traceDat7(files, littleEndian, "none"),
    "version 7, zstd": traceDat7(files, littleEndian, "zstd"),
    "version 7, zlib": traceDat7(files, littleEndian, "zlib"),
  };
}
/** csd_queue_cpu and four in the handler for each target, one ipi_send_cpumask. */
const EVENTS = 200 * (3 * 5 + 1);

Deno.test("traceDatSource() opens versions 6 and 7, compressed or not, in both byte orders", async () => {
  for (const littleEndian of [true, false]) {
    for (const [kind, bytes] of Object.entries(samples(littleEndian))) {
      assertEquals(isTraceDat(bytes), true);
      const source = await traceDatSource(memoryFile(bytes));
      const { events, sends, matched, losses, warnings } = await convertCapture(source, {
        write: () => {},
      });
      assertEquals([events, sends, matched, losses.none], [EVENTS, 600, 600, true], kind);
      assertEquals(warnings, [], kind);
      const capture = JSON.parse(await readText(source, "capture.json", 10_000));
      assertEquals([capture.arch, capture.kernel, capture.clock], ["x86_64", "6.18.0", "boot"]);
    }
  }
});

Deno.test({
  ...needs("trace-cmd reads the made files too", { "trace-cmd": hasProgram("trace-cmd") }),
  fn: async () => {
    const path = Deno.makeTempFileSync({ suffix: ".dat" });
    try {
      for (const [kind, bytes] of Object.entries(samples(true))) {
        // Debian's trace-cmd is built without zlib
        if (kind.endsWith("zlib")) continue;
        Deno.writeFileSync(path, bytes);
        const { stdout } = await new Deno.Command("trace-cmd", {
          args: ["report", "-t", "-i", path],
          stderr: "null",
        }).output();
        const lines = new TextDecoder().decode(stdout).split("\n");
        assertEquals(lines.filter((line) => /\[\d+\]/.test(line)).length, EVENTS, kind);
        // In seconds or in nanoseconds, as its version and the clock will have it
        assertMatch(lines.join("\n"), / 1\.?000000500: csd_queue_cpu:/);
      }
    } finally {
      Deno.removeSync(path);
    }
  },
});

Deno.test("traceDatSource() refuses other files, versions and compressions", async () => {
  const good = samples(true)["version 7"]!;
  const refused = async (bytes: Uint8Array, message: string): Promise<void> => {
    const open = async (): Promise<void> => {
      await convertCapture(await traceDatSource(memoryFile(bytes)), { write: () => {} });
    };
    await assertRejects(open, CaptureError, message);
  };
  await refused(new Uint8Array(0), "should begin with trace-cmd's mark");
  await refused(
    new TextEncoder().encode("PERFILE2 and more"),
    "should begin with trace-cmd's mark",
  );
  await refused(Uint8Array.from(good, (byte, at) => at === 10 ? 0x38 : byte), "version '8'");
  await refused(good.subarray(0, good.length / 2), "truncated");
  const packed = samples(true)["version 7, zstd"]!;
  const unknown = Uint8Array.from(packed, (byte, at) => at === 18 ? 0x71 : byte);
  await refused(unknown, "'qstd': known are zstd, zlib");
});

Deno.test("a damaged trace.dat ends in a declared error or a declared loss", async () => {
  const files = oneSenderCapture(pageLayout(4096, true), { operations: 5 }).build();
  const kinds = [
    traceDat6(files, true),
    traceDat7(files, true, "none"),
    traceDat7(files, true, "zstd"),
  ];
  const change = fc.tuple(fc.double({ min: 0, max: 0.999_999, noNaN: true }), fc.nat(255));
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...kinds),
      fc.array(change, { minLength: 1, maxLength: 4 }),
      fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
      async (kind, changes, cut) => {
        const bytes = kind.slice(0, cut === null ? kind.length : Math.floor(cut * kind.length));
        for (const [share, byte] of changes) bytes[Math.floor(share * bytes.length)] = byte;
        try {
          await convertCapture(await traceDatSource(memoryFile(bytes)), { write: () => {} });
        } catch (error) {
          if (!(error instanceof CaptureError || error instanceof RingBufferError)) throw error;
        }
      },
    ),
    { numRuns: 300 },
  );
});
