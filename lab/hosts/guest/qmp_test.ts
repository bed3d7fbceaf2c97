import { assertEquals, assertRejects } from "@std/assert";

import { HostError } from "../../format/host_error.ts";
import { Qmp } from "./qmp.ts";

/** What listens where QEMU would. */
class FakeQemu implements Disposable {
  readonly #directory = Deno.makeTempDirSync({ prefix: "fencelab-test-" });
  readonly path = `${this.#directory}/qmp.sock`;
  readonly #listener = Deno.listen({ transport: "unix", path: this.path });

  /** Takes one connection and reads its first command. */
  async accept(): Promise<Deno.UnixConn> {
    const connection = await this.#listener.accept();
    await connection.read(new Uint8Array(256));
    return connection;
  }
  [Symbol.dispose](): void {
    this.#listener.close();
    Deno.removeSync(this.#directory, { recursive: true });
  }
}

async function answer(connection: Deno.UnixConn, value: unknown): Promise<void> {
  await connection.write(new TextEncoder().encode(`${JSON.stringify({ return: value })}\n`));
}

Deno.test("a start that is given up does not keep QEMU's only connection", async () => {
  using qemu = new FakeQemu();
  const abort = new AbortController();
  const connecting = Qmp.connect(qemu.path, abort.signal);
  using connection = await qemu.accept();
  abort.abort();
  await assertRejects(() => connecting, DOMException);
  assertEquals(await connection.read(new Uint8Array(1)), null);
});

Deno.test("a start that is given up before QEMU listens never connects", async () => {
  const abort = new AbortController();
  const directory = await Deno.makeTempDir({ prefix: "fencelab-test-" });
  const path = `${directory}/qmp.sock`;
  const connecting = Qmp.connect(path, abort.signal);
  abort.abort();
  await assertRejects(() => connecting, DOMException);
  await Deno.remove(directory, { recursive: true });
});

Deno.test("a QEMU that does not answer is lost", async () => {
  using qemu = new FakeQemu();
  const connecting = Qmp.connect(qemu.path, new AbortController().signal);
  using connection = await qemu.accept();
  await answer(connection, {});
  using qmp = await connecting;
  await assertRejects(
    () => qmp.execute("query-status", {}, 100),
    HostError,
    "Lost QEMU: it has not answered 'query-status' for 0.1 s",
  );
});

Deno.test("a guest is continued only when QEMU has stopped it for good", async () => {
  using qemu = new FakeQemu();
  const signal = new AbortController().signal;
  const connecting = Qmp.connect(qemu.path, signal);
  using connection = await qemu.accept();
  await answer(connection, {});
  using qmp = await connecting;
  const saving = qmp.save("/dev/null", signal);
  const asked: string[] = [];
  const states = ["finish-migrate", "postmigrate", "running"];
  const block = new Uint8Array(4096);
  for (let i = 0; i < 6; i++) {
    const text = new TextDecoder().decode(block.subarray(0, (await connection.read(block))!));
    const { execute } = JSON.parse(text);
    asked.push(execute);
    await answer(
      connection,
      execute === "query-migrate"
        ? { status: "completed" }
        : execute === "query-status"
        ? { status: states.shift() }
        : {},
    );
  }
  await saving;
  assertEquals(asked, [
    "migrate",
    "query-migrate",
    "query-status",
    "query-status",
    "cont",
    "query-status",
  ]);
});
