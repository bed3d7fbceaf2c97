import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { readPageBatches } from "./page_stream.ts";

Deno.test("readPageBatches() gives the same pages however the stream is cut", async () => {
  await fc.assert(fc.asyncProperty(
    fc.uint8Array({ maxLength: 200 }),
    fc.array(fc.nat(200), { maxLength: 6 }),
    async (bytes, cuts) => {
      const places = [0, ...cuts.filter((cut) => cut < bytes.length), bytes.length];
      places.sort((one, other) => one - other);
      async function* chunks(): AsyncGenerator<Uint8Array> {
        for (const [index, place] of places.entries()) {
          const chunk = bytes.slice(place, places[index + 1] ?? place);
          yield chunk;
          chunk.fill(0xee); // a stream may use its chunk again
        }
      }
      const pages: number[][] = [];
      for await (const batch of readPageBatches(chunks(), 64)) {
        for (const page of batch) {
          assertEquals(page.number, pages.length);
          pages.push([...page.bytes]);
        }
      }
      const expected: number[][] = [];
      for (let at = 0; at < bytes.length; at += 64) expected.push([...bytes.subarray(at, at + 64)]);
      assertEquals(pages, expected);
    },
  ));
});
