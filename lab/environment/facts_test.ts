import { assert, assertEquals, assertThrows } from "@std/assert";
import { parseCapabilities } from "./capabilities.ts";
import { fileNumber, fileText, parseHostFacts } from "./facts.ts";
import { ReplyFormatError } from "../format/reply.ts";
import { allCapabilities, factsOf, withFiles } from "./testdata/fixtures.ts";

Deno.test("parseHostFacts() takes JSON text and parsed values alike", () => {
  const facts = factsOf("kvm");
  assertEquals(parseHostFacts(JSON.stringify(facts), "vm"), facts);
  assertEquals(parseHostFacts(facts, "vm"), facts);
});

Deno.test("parseHostFacts() names the host, the field and the remedy", () => {
  const facts = { ...factsOf("kvm"), pageSize: "4096" };
  const error = assertThrows(() => parseHostFacts(facts, "arm-1"), ReplyFormatError);
  assert(error.message.startsWith("Cannot read the host facts of 'arm-1': pageSize: "));
  assert(error.message.includes("Remedy: build the core"));
  assert(error.cause instanceof Error);
});

Deno.test("parseHostFacts() names three faults and counts the others", () => {
  const messageOf = (...wrong: string[]): string => {
    const facts = { ...factsOf("kvm"), ...Object.fromEntries(wrong.map((key) => [key, "?"])) };
    return assertThrows(() => parseHostFacts(facts, "vm"), ReplyFormatError).message;
  };
  assert(!messageOf("uname", "uid", "pageSize").includes("further"));
  const five = messageOf("uname", "uid", "pageSize", "online", "files");
  assert(five.includes("uname: ") && five.includes("(and 2 further faults)"));
});

Deno.test("parseHostFacts() refuses text that is not JSON, without passing on escape sequences", () => {
  const error = assertThrows(() => parseHostFacts("{\x1b[31m", "a\x1b[2Jb"), ReplyFormatError);
  assert(error.message.includes("the reply is not JSON"));
  assert(!error.message.includes("\x1b"));
});

Deno.test("parseHostFacts() takes the allowed CPUs where the host hides its CPU lists", () => {
  const hidden = { ...factsOf("kvm"), online: [], possible: [], allowed: [2, 3], capEff: "" };
  const facts = parseHostFacts(hidden, "sandbox");
  assertEquals([facts.online, facts.possible], [[2, 3], [2, 3]]);
});

Deno.test("parseCapabilities() takes the probe's reply and refuses unknown states", () => {
  const capabilities = allCapabilities();
  assertEquals(parseCapabilities(JSON.stringify(capabilities), "vm"), capabilities);
  const odd = { ...capabilities, membarrier: { ...capabilities.membarrier, state: "perhaps" } };
  const error = assertThrows(() => parseCapabilities(odd, "vm"), ReplyFormatError);
  assert(error.message.includes("membarrier.state"));
});

Deno.test("fileText() trims, ends device-tree strings, and gives null for empty files", () => {
  const facts = withFiles(factsOf("kvm"), { "/a": " x\n", "/b": "model\0", "/c": "\n" });
  assertEquals(["/a", "/b", "/c", "/d"].map((path) => fileText(facts, path)), [
    "x",
    "model",
    null,
    null,
  ]);
});

Deno.test("fileNumber() takes whole numbers only", () => {
  const facts = withFiles(factsOf("kvm"), { "/a": "-1\n", "/b": "max\n", "/c": "1.5\n" });
  assertEquals(["/a", "/b", "/c", "/d"].map((path) => fileNumber(facts, path)), [
    -1,
    null,
    null,
    null,
  ]);
});
