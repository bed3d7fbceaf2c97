import { assert, assertEquals } from "@std/assert";
import { parseWebOptions } from "./base/options.ts";
import { serverArguments } from "./permissions.ts";

function flags(...args: string[]): string[] {
  const options = parseWebOptions(args);
  return serverArguments(options, "/srv/a,b", "/p/build/web/1", "/tmp/sockets");
}

Deno.test("the server may run nothing, call nothing, and write only its store", () => {
  const given = flags("--port", "8000", "--perfetto-port", "off");
  const granted = given.filter((flag) => flag.startsWith("--allow"));
  const kinds = granted.map((flag) => flag.replace(/=.*/, "")).sort();
  assertEquals(kinds, ["--allow-env", "--allow-net", "--allow-read", "--allow-write"]);
  assert(granted.every((flag) => /=./.test(flag)), "a permission without bounds");
  assert(!given.includes("-A") && given.includes("--no-prompt"));
  assertEquals(
    granted.find((flag) => flag.startsWith("--allow-write")),
    "--allow-write=/srv/a,,b,/tmp/sockets",
  );
});

Deno.test("the server may listen where it is told, and nowhere else", () => {
  const net = (...args: string[]): string =>
    flags(...args).find((flag) => flag.startsWith("--allow-net="))!.replace(/,unix:[^,]*/, "");
  assertEquals(net("--port", "8000"), "--allow-net=127.0.0.1:8000,127.0.0.1:9001");
  assertEquals(
    net("--port", "8000", "--perfetto-port", "off", "--hostname", "::1"),
    "--allow-net=[::1]:8000",
  );
  assertEquals(net("--port", "0", "--perfetto-port", "off"), "--allow-net=127.0.0.1");
});
