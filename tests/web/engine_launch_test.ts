/** What the launcher lets engines do, and how many of them. */

import { assertEquals, assertMatch } from "@std/assert";
import { enginePermissions, LauncherEngines } from "../../web/engine/launcher_engines.ts";
import { MAX_ENGINES } from "../../web/engine/limits.ts";
import { needs } from "../fixtures/needs.ts";
import { engineNeed } from "../traces/processor_engine.ts";

const project = new URL("../../", import.meta.url).pathname;

Deno.test("an engine's process may use its socket and read its files, nothing else", async () => {
  const directory = await Deno.makeTempDir();
  try {
    const [socket, files] = [`${directory}/socket`, `${directory}/files`];
    await Deno.mkdir(files);
    using _listener = Deno.listen({ transport: "unix", path: socket });
    const actions = {
      "the socket": `(await Deno.connect({ transport: "unix", path: "${socket}" })).close()`,
      "its files": `Deno.readDirSync("${files}")`,
      "another socket": `await Deno.connect({ transport: "unix", path: "${directory}/other" })`,
      "the network": `await Deno.connect({ hostname: "127.0.0.1", port: 9 })`,
      "listening": `Deno.listen({ hostname: "127.0.0.1", port: 0 }).close()`,
      "the store": `Deno.readDirSync("${project}runs")`,
      "the project": `Deno.readTextFileSync("${project}deno.json")`,
      "writing": `Deno.writeTextFileSync("${files}/x", "")`,
      "programs": `new Deno.Command("true").outputSync()`,
      "the environment": `Deno.env.get("HOME")`,
      "libraries": `Deno.dlopen("/lib/x86_64-linux-gnu/libc.so.6", {})`,
    };
    const script = Object.entries(actions).map(([name, action]) =>
      `try { ${action}; console.log("${name}"); }
       catch (e) { if (!(e instanceof Deno.errors.NotCapable)) console.log("${name}"); }`
    ).join("\n");
    const program = `${directory}/program.ts`;
    await Deno.writeTextFile(program, script);
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-prompt", ...enginePermissions(socket, files), program],
    }).output();
    assertEquals(new TextDecoder().decode(stdout), "the socket\nits files\n");
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test({
  ...needs("the launcher runs so many engines and no more, and tells of each end", engineNeed),
  async fn(): Promise<void> {
    const directory = await Deno.makeTempDir();
    const path = `${directory}/engines`;
    const ends: [number, string][] = [];
    const engines = new LauncherEngines(path, (number, reason) => ends.push([number, reason]));
    try {
      using listener = Deno.listen({ transport: "unix", path });
      const running = Array.from({ length: MAX_ENGINES }, (_, i) => engines.start(i + 1));
      await engines.start(9);
      assertEquals(ends, [[9, `${MAX_ENGINES} of them run already`]]);
      // Each is there once it has connected
      const connections: Deno.Conn[] = [];
      for (let i = 0; i < MAX_ENGINES; i++) connections.push(await listener.accept());
      connections[0]!.close();
      await Promise.race(running);
      assertMatch(ends[1]![1], /^it ended with code \d+$/);
      engines.end();
      await Promise.all(running);
      assertEquals(ends.slice(2).map(([, reason]) => reason), [
        "SIGKILL ended it",
        "SIGKILL ended it",
      ]);
      for (const connection of connections.slice(1)) connection.close();
    } finally {
      engines.end();
      await Deno.remove(directory, { recursive: true });
    }
  },
});
