/** Engines for tests: the real processes, started without a launcher. */

import { engineCacheDirectory } from "../../lab/places/traces_files.ts";
import { EngineDoor } from "../../web/engine/engine_door.ts";
import { EnginePool, type PoolOptions } from "../../web/engine/engine_pool.ts";
import { spawnEngine } from "../../web/engine/launcher_engines.ts";
import { MEMORY_MIB } from "../../web/engine/limits.ts";
import type { TraceRef } from "../../web/base/trace_ref.ts";
import { addOperation, pretendedLab } from "../traces/processor_lab.ts";

/** SQL that never ends. */
export const ENDLESS =
  "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT MAX(x) FROM c";

/** SQL that needs more and more memory. */
export const GREEDY =
  "WITH RECURSIVE c(x, b) AS (SELECT 1, randomblob(1000000) UNION ALL SELECT x + 1, " +
  "randomblob(1000000) FROM c) SELECT COUNT(DISTINCT b) FROM c";

/** A trace with some operations, told from others by their number. */
export function traceBytes(operations: number): Uint8Array<ArrayBuffer> {
  const builder = pretendedLab();
  for (let i = 0; i < operations; i++) {
    const calls = [{ cpu: 1, send: 100, entry: 2_100, exit: 2_400 }];
    addOperation(builder, { ts: 10_000 * (i + 1), dur: 2_500, calls });
  }
  return Uint8Array.from(builder.bytes());
}

/** A directory with a socket, engines that connect to it, and traces. */
export class EnginePlace implements AsyncDisposable {
  readonly directory: string = Deno.makeTempDirSync({ prefix: "fencelab-engines-" });
  readonly door: EngineDoor;
  /** Those that were started, the latest last. */
  readonly children: Deno.ChildProcess[] = [];
  /** Processes that have not ended. */
  readonly alive = new Set<Deno.ChildProcess>();

  constructor(memoryMiB = MEMORY_MIB) {
    const socket = `${this.directory}/engines`;
    this.door = new EngineDoor(socket, (number) => {
      const child = spawnEngine({ socket, files: engineCacheDirectory(), memoryMiB });
      this.children.push(child);
      this.alive.add(child);
      child.status.then(({ code }) => {
        this.alive.delete(child);
        this.door.failed(number, `it ended with code ${code}`);
      });
    });
  }

  /** A pool; it must be disposed of before the place. */
  pool(options: PoolOptions = {}): EnginePool {
    return new EnginePool(() => this.door.start(), options);
  }

  /** A trace with some operations. */
  trace(operations: number): TraceRef {
    const path = `${this.directory}/${operations}.pftrace`;
    Deno.writeFileSync(path, traceBytes(operations));
    return { key: `place~${operations}`, path, title: `${operations} operations`, run: null };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.door[Symbol.dispose]();
    await Promise.all(this.children.map(({ status }) => status));
    await Deno.remove(this.directory, { recursive: true });
  }
}
