import { assertEquals, assertThrows } from "@std/assert";
import { RingBufferError } from "./errors.ts";
import { parseHeaderPage } from "./header_page.ts";

const text = `\tfield: u64 timestamp;\toffset:0;\tsize:8;\tsigned:0;
\tfield: local_t commit;\toffset:8;\tsize:8;\tsigned:1;
\tfield: int overwrite;\toffset:8;\tsize:1;\tsigned:1;
\tfield: char data;\toffset:16;\tsize:4080;\tsigned:0;
`;

Deno.test("parseHeaderPage() reads the page of a 64-bit kernel", () => {
  assertEquals(parseHeaderPage(text, true), {
    timestampOffset: 0,
    commitOffset: 8,
    commitBytes: 8,
    dataOffset: 16,
    dataBytes: 4080,
    pageBytes: 4096,
    littleEndian: true,
  });
});

Deno.test("parseHeaderPage() reads the page of a 32-bit kernel and 64K pages", () => {
  const narrow = text.replace("offset:8;\tsize:8", "offset:8;\tsize:4")
    .replace("offset:16;\tsize:4080", "offset:12;\tsize:65524");
  const layout = parseHeaderPage(narrow, false);
  assertEquals([layout.commitBytes, layout.dataOffset, layout.pageBytes], [4, 12, 65536]);
});

Deno.test("parseHeaderPage() refuses what a second read leaves over", () => {
  const message = "Remedy: take the whole file with one read";
  assertThrows(() => parseHeaderPage(text.slice(0, 32), true), RingBufferError, message);
  assertThrows(() => parseHeaderPage("", true), RingBufferError, message);
});

Deno.test("parseHeaderPage() refuses sizes that make no page", () => {
  for (const size of ["0", "99999999", "4079"]) {
    assertThrows(() => parseHeaderPage(text.replace("4080", size), true), RingBufferError);
  }
  const odd = text.replace("offset:8;\tsize:8", "offset:8;\tsize:2");
  assertThrows(() => parseHeaderPage(odd, true), RingBufferError, "a commit word of 2 bytes");
});
