import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { format } from "../fixtures/traces/formats.ts";
import { pageLayout, PageMaker } from "../fixtures/traces/page_maker.ts";
import { PageDecoder, timeBase, UNKNOWN_LOSS } from "../../traces/ring_buffer/page_decoder.ts";
import type { PageLayout } from "../../traces/ring_buffer/header_page.ts";

const reschedule = format("irq_vectors:reschedule_entry");
const layouts = [
  pageLayout(4096, true),
  pageLayout(4096, false),
  pageLayout(65536, true),
  pageLayout(65536, false),
  pageLayout(4096, true, 4),
  pageLayout(4096, false, 4),
];

/** All pages, and what one decoder makes of them. */
function decodeAll(layout: PageLayout, bytes: Uint8Array, base = 0n): {
  times: number[];
  losses: number[];
  damage: string[];
} {
  const decoder = new PageDecoder(layout, timeBase(base));
  const result = { times: [] as number[], losses: [] as number[], damage: [] as string[] };
  for (let at = 0; at < bytes.length; at += layout.pageBytes) {
    const size = Math.min(layout.pageBytes, bytes.length - at);
    decoder.decode(new DataView(bytes.buffer, bytes.byteOffset + at, size));
    result.times.push(...decoder.times.subarray(0, decoder.count));
    result.losses.push(decoder.missed);
    if (decoder.damage !== undefined) result.damage.push(decoder.damage);
  }
  return result;
}

function event(time: bigint, vector = 253): Parameters<PageMaker["add"]>[0] {
  return { format: reschedule, time, pid: 42, values: { vector } };
}

Deno.test("PageDecoder finds every time again, in all layouts", () => {
  fc.assert(fc.property(
    fc.constantFrom(...layouts),
    fc.array(fc.bigInt({ min: 0n, max: 1n << 40n }), { maxLength: 400 }),
    fc.bigInt({ min: 0n, max: 1n << 52n }),
    (layout, steps, start) => {
      const maker = new PageMaker(layout);
      const times: number[] = [];
      let time = start;
      for (const step of steps) {
        time += step;
        maker.add(event(time));
        times.push(Number(time));
      }
      const decoded = decodeAll(layout, maker.pages());
      assertEquals(decoded.times, times);
      assertEquals(decoded.damage, []);
    },
  ));
});

Deno.test("PageDecoder is exact to the nanosecond after 500 days, relative to a base", () => {
  const start = 500n * 86_400n * 10n ** 9n + 7n;
  for (const layout of layouts) {
    const maker = new PageMaker(layout);
    maker.add(event(start));
    maker.stamp(start + (1n << 30n) + 1n);
    maker.add(event(start + (1n << 30n) + 3n));
    const { times } = decodeAll(layout, maker.pages(), start - 5n);
    assertEquals(times, [5, 2 ** 30 + 8]);
  }
});

Deno.test("PageDecoder skips discarded events and counts their time", () => {
  for (const layout of layouts) {
    const maker = new PageMaker(layout);
    maker.add(event(1000n));
    maker.discard(20, 1); // the kernel's mark for "no time of its own"
    maker.discard(8, 50);
    maker.add(event(1060n));
    assertEquals(decodeAll(layout, maker.pages()).times, [1000, 1060]);
  }
});

Deno.test("PageDecoder gives the events that were lost before a page, if the kernel says how many", () => {
  for (const layout of layouts) {
    const maker = new PageMaker(layout);
    maker.lose(85_711n, 10n);
    maker.add(event(10n));
    maker.lose("unknown", 20n);
    maker.add(event(20n));
    assertEquals(decodeAll(layout, maker.pages()).losses, [85_711, UNKNOWN_LOSS]);
  }
});

Deno.test("PageDecoder declares truncated and impossible pages and keeps what is before", () => {
  const layout = pageLayout(4096, true);
  const maker = new PageMaker(layout);
  for (let i = 0n; i < 100n; i++) maker.add(event(i));
  const bytes = maker.pages();
  assertEquals(decodeAll(layout, bytes.subarray(0, 16 + 160)).damage, ["truncated"]);
  assertEquals(decodeAll(layout, bytes.subarray(0, 16 + 160)).times.length, 10);
  assertEquals(decodeAll(layout, bytes.subarray(0, 7)).damage, ["truncated"]);
  const view = new DataView(bytes.buffer);
  view.setUint32(16 + 16 * 99, 28, true); // the last event says that it has 112 bytes
  const cut = decodeAll(layout, bytes);
  assertEquals([cut.damage, cut.times.length], [["bad-record"], 99]);
  view.setUint32(8, 4081, true);
  assertEquals(decodeAll(layout, bytes), { times: [], losses: [0], damage: ["bad-commit"] });
});

Deno.test("PageDecoder takes any bytes without hanging, and its columns stay inside of the page", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...layouts),
      fc.uint8Array({ maxLength: 5000 }),
      (layout, bytes) => {
        const decoder = new PageDecoder(layout);
        decoder.decode(new DataView(bytes.buffer, bytes.byteOffset, bytes.length));
        for (let i = 0; i < decoder.count; i++) {
          const inside = decoder.offsets[i]! + decoder.lengths[i]! <= bytes.length;
          assertEquals(inside && decoder.times[i]! >= 0, true);
        }
      },
    ),
    { numRuns: 500 },
  );
});
