/** QEMU's machine protocol (docs/interop/qmp-spec.rst): which threads run CPUs, and saving a guest. */

import { z } from "zod";
import { HostError } from "../../format/host_error.ts";
import { shellWord } from "./machine.ts";

const RETRY_MS = 10;
/** QEMU opens the socket within a few ms of its start; a busy machine needs longer. */
const CONNECT_MS = 10_000;
/** Saving 100 MB takes 0.1 to 0.6 s. */
const SAVE_MS = 30_000;
/** A command is answered within ms; a QEMU that hangs never answers. */
const ANSWER_MS = 20_000;

const message = z.union([
  z.object({ return: z.unknown() }),
  z.object({ error: z.object({ class: z.string(), desc: z.string() }) }),
  z.object({ event: z.string() }),
  z.object({ QMP: z.unknown() }),
]);

/** A connection to a QEMU. */
export class Qmp implements Disposable {
  readonly #connection: Deno.UnixConn;
  #pending = "";

  private constructor(connection: Deno.UnixConn) {
    this.#connection = connection;
  }

  /**
   * Connects, as soon as QEMU listens.
   *
   * QEMU serves one connection at a time: one that nobody wants any more would keep the next start,
   * which listens at the same path, from being controlled.
   *
   * @param signal Ends the attempt, and nothing stays connected.
   * @throws {HostError} If QEMU does not listen or answer within 10 s.
   */
  static async connect(path: string, signal: AbortSignal): Promise<Qmp> {
    const qmp = new Qmp(await listening(path, signal));
    const close = (): void => qmp[Symbol.dispose]();
    signal.addEventListener("abort", close, { once: true });
    try {
      signal.throwIfAborted();
      await qmp.execute("qmp_capabilities", {}, CONNECT_MS);
      signal.throwIfAborted();
      return qmp;
    } catch (error) {
      close();
      signal.throwIfAborted();
      throw error;
    } finally {
      signal.removeEventListener("abort", close);
    }
  }

  /**
   * Runs a command. One at a time.
   *
   * @param deadlineMs How long to wait; the connection is closed when it passes.
   * @returns What QEMU returns, not checked.
   * @throws {HostError} If QEMU refuses, has ended, or does not answer.
   */
  async execute(
    command: string,
    args: Record<string, unknown> = {},
    deadlineMs: number = ANSWER_MS,
  ): Promise<unknown> {
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      this[Symbol.dispose]();
    }, deadlineMs);
    try {
      return await this.#ask(command, args);
    } catch (cause) {
      if (!late) throw cause;
      throw new HostError(
        `Lost QEMU: it has not answered '${command}' for ${deadlineMs / 1000} s`,
        { cause },
      );
    } finally {
      clearTimeout(timer);
    }
  }

  async #ask(command: string, args: Record<string, unknown>): Promise<unknown> {
    const line = `${JSON.stringify({ execute: command, arguments: args })}\n`;
    const bytes = new TextEncoder().encode(line);
    for (let rest = bytes; rest.length > 0;) {
      rest = rest.subarray(await this.#connection.write(rest));
    }
    for (;;) {
      const answer = message.parse(JSON.parse(await this.#line()));
      if ("error" in answer) {
        throw new HostError(`Cannot run QEMU's '${command}': ${answer.error.desc}`);
      }
      if ("return" in answer) return answer.return;
    }
  }

  async #line(): Promise<string> {
    const block = new Uint8Array(1 << 14);
    for (;;) {
      const end = this.#pending.indexOf("\n");
      if (end >= 0) {
        const line = this.#pending.slice(0, end);
        this.#pending = this.#pending.slice(end + 1);
        return line;
      }
      const n = await this.#connection.read(block);
      if (n === null) throw new HostError("Lost QEMU: it closed its control socket");
      this.#pending += new TextDecoder().decode(block.subarray(0, n));
    }
  }

  /** Thread ids of the virtual CPUs on this machine, by CPU. */
  async cpuThreads(): Promise<number[]> {
    const reply = z.array(z.object({ "cpu-index": z.int(), "thread-id": z.int() })).parse(
      await this.execute("query-cpus-fast"),
    );
    return reply.sort((a, b) => a["cpu-index"] - b["cpu-index"]).map((cpu) => cpu["thread-id"]);
  }

  /**
   * Writes the running guest's state into a file; the guest goes on afterwards.
   *
   * It must not be stopped first: a guest that was saved stopped is stopped when it is restored.
   */
  async save(file: string, signal: AbortSignal): Promise<void> {
    await this.execute("migrate", { uri: `exec:cat >${shellWord(file)}` });
    const until = performance.now() + SAVE_MS;
    try {
      for (;;) {
        signal.throwIfAborted();
        const { status, "error-desc": error } = z.object({
          status: z.string().optional(),
          "error-desc": z.string().optional(),
        }).parse(await this.execute("query-migrate"));
        if (status === "completed") break;
        if (status === "failed" || performance.now() > until) {
          throw new HostError(`Cannot save the guest: ${error ?? `${status} after 30 s`}`);
        }
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
      // "completed" is said a moment before QEMU stops the guest for good: to continue it in
      // between would be undone, or be a change of state at which QEMU aborts
      await this.#state("postmigrate", signal);
    } catch (error) {
      // It may have been stopped for the last part
      await this.execute("migrate_cancel").catch(() => {});
      await this.execute("cont").catch(() => {});
      throw error;
    }
    await this.execute("cont");
    await this.#state("running", signal);
  }

  /** Waits until the guest runs: a restored one does only when its whole state has arrived. */
  async running(signal: AbortSignal): Promise<void> {
    await this.#state("running", signal);
  }

  async #state(wanted: string, signal: AbortSignal): Promise<void> {
    const until = performance.now() + SAVE_MS;
    for (;;) {
      signal.throwIfAborted();
      const { status } = z.object({ status: z.string() }).parse(
        await this.execute("query-status"),
      );
      if (status === wanted) return;
      if (performance.now() > until) {
        throw new HostError(`Lost the guest: QEMU says '${status}' for ${SAVE_MS / 1000} s`);
      }
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }

  [Symbol.dispose](): void {
    try {
      this.#connection.close();
    } catch {
      // QEMU has ended and with it the connection
    }
  }
}

async function listening(path: string, signal: AbortSignal): Promise<Deno.UnixConn> {
  const until = performance.now() + CONNECT_MS;
  for (;;) {
    signal.throwIfAborted();
    try {
      return await Deno.connect({ transport: "unix", path });
    } catch (cause) {
      const early = cause instanceof Deno.errors.NotFound ||
        cause instanceof Deno.errors.ConnectionRefused;
      if (!early || performance.now() > until) {
        throw new HostError(
          `Cannot talk to QEMU at '${path}'. Remedy: a shorter XDG_CACHE_HOME if the path is ` +
            "beyond 100 characters; otherwise try again when the machine is less busy",
          { cause },
        );
      }
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}
