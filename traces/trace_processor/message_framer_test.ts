import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { frameMessage, MessageFramer } from "./message_framer.ts";
import { concatBytes } from "../protobuf/concat_bytes.ts";
import { ProtobufError } from "../protobuf/proto_reader.ts";

Deno.test("MessageFramer finds the messages however the bytes are cut", () => {
  const messages = fc.array(fc.uint8Array({ maxLength: 300 }));
  const cuts = fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1 });
  fc.assert(fc.property(messages, cuts, (messages, cuts) => {
    const bytes = concatBytes(messages.map(frameMessage));
    const framer = new MessageFramer();
    const found: Uint8Array[] = [];
    for (let at = 0, i = 0; at < bytes.length; i++) {
      const end = at + cuts[i % cuts.length]!;
      found.push(...framer.push(bytes.slice(at, end)));
      at = end;
    }
    assertEquals(found.map((message) => [...message]), messages.map((message) => [...message]));
  }));
});

Deno.test("MessageFramer refuses bytes that are no messages", () => {
  assertThrows(() => new MessageFramer().push(Uint8Array.of(0x12, 0)), ProtobufError, "byte 18");
  const huge = Uint8Array.of(0x0a, 0xff, 0xff, 0xff, 0xff, 0x7f);
  assertThrows(() => new MessageFramer().push(huge), ProtobufError, "announced");
});
