import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { ListenError } from "./listen_error.ts";

/** What is said where Deno cannot listen. */
function said(hostname: string, port: number): string {
  try {
    Deno.listen({ hostname, port }).close();
    return "";
  } catch (cause) {
    return new ListenError({ hostname, port }, cause).message;
  }
}

Deno.test("ListenError names the port that is taken, and what to do", () => {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  assertEquals(
    said("127.0.0.1", taken.addr.port),
    `Cannot listen on port ${taken.addr.port} of '127.0.0.1': another program listens there. ` +
      "Remedy: end it, perhaps another server of pages, or give another --port",
  );
});

Deno.test("ListenError has a remedy for addresses of others and names that nobody knows", () => {
  assertMatch(said("192.0.2.1", 8420), /port 8420 of '192\.0\.2\.1': this machine does not have/);
  const unknown = said("nobody.invalid", 8420);
  assertStringIncludes(unknown, "the name is not known");
  assertStringIncludes(unknown, "Remedy: give an address with --hostname");
});
