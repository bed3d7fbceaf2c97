import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { type Result, type Run, RunFormatError } from "../experiments/run/run_schema.ts";
import { sampleCapture, sampleRun } from "../testdata/sample_run.ts";
import { RunStore } from "./run_store.ts";
import { StoreError } from "./store_error.ts";
import { mountRefusal, SmallDisk } from "./testdata/small_disk.ts";

const REFUSAL = mountRefusal();
const CAPTURE = sampleCapture({ trace: "a.pftrace" });
const ID = sampleRun().id;
const OTHER_ID = "20261122T010438Z-local-0001";

function mountTest(name: string, fn: () => Promise<void>): void {
  const ignore = REFUSAL !== null;
  Deno.test({ name: ignore ? `${name} (ignored: ${REFUSAL})` : name, ignore, fn });
}

/** The names in a directory, sorted. */
function namesIn(dir: string): string[] {
  return [...Deno.readDirSync(dir)].map((entry) => entry.name).sort();
}

async function inTemporary(work: (dir: string) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir({ prefix: "fencelab-store-" });
  try {
    await work(dir);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

Deno.test("RunStore.save() writes run.json and traces, and load() reads them back", async () => {
  await inTemporary(async (dir) => {
    const store = new RunStore(`${dir}/new/runs/`);
    const second: Result = { ...CAPTURE, trace: "b.pftrace" };
    const run = sampleRun({ results: [CAPTURE, second] });
    await Deno.writeFile(`${dir}/source`, new Uint8Array(3_000_000).fill(7));
    const files = new Map<string, Uint8Array | string>([
      ["a.pftrace", new Uint8Array([1, 2, 3])],
      ["b.pftrace", `${dir}/source`],
    ]);
    const path = await store.save(run, files);
    assertEquals(path, `${dir}/new/runs/${ID}`);
    assertEquals(namesIn(`${dir}/new/runs`), [ID]);
    assertEquals(namesIn(path), ["a.pftrace", "b.pftrace", "run.json"]);
    assertEquals(await Deno.readFile(`${path}/a.pftrace`), new Uint8Array([1, 2, 3]));
    assertEquals(await Deno.readFile(`${path}/b.pftrace`), await Deno.readFile(`${dir}/source`));
    assertEquals(store.load(ID), { run, path });
  });
});

Deno.test("RunStore.save() refuses to replace a run", async () => {
  await inTemporary(async (dir) => {
    const store = new RunStore(dir);
    await store.save(sampleRun());
    await assertRejects(() => store.save(sampleRun({ seconds: 2 })), StoreError, "exists");
    assertEquals(store.load(ID).run, sampleRun());
    assertEquals(namesIn(dir), [ID]);
  });
});

Deno.test("RunStore.save() refuses files and traces that do not name each other", async () => {
  await inTemporary(async (dir) => {
    const store = new RunStore(dir);
    const bytes = new Uint8Array(1);
    const run = sampleRun({ results: [CAPTURE] });
    await assertRejects(() => store.save(run), StoreError, "names the file 'a.pftrace', none");
    for (const name of ["b.pftrace", "run.json", "../a.pftrace"]) {
      const files = new Map([["a.pftrace", bytes], [name, bytes]]);
      const error = await assertRejects(() => store.save(run, files), StoreError);
      assertStringIncludes(error.message, `no result names the file '${name}'`);
    }
    assertEquals(namesIn(dir), []);
  });
});

Deno.test("RunStore.save() wants a trace's index where the run names one", async () => {
  await inTemporary(async (dir) => {
    const store = new RunStore(dir);
    const bytes = new Uint8Array(1);
    const run = sampleRun({ results: [{ ...CAPTURE, index: "a.pfindex" }] });
    const trace = new Map([["a.pftrace", bytes]]);
    await assertRejects(() => store.save(run, trace), StoreError, "names the file 'a.pfindex'");
    const path = await store.save(run, new Map([...trace, ["a.pfindex", bytes]]));
    assertEquals(store.verify(run.id), []);
    await Deno.remove(`${path}/a.pfindex`);
    assertEquals(store.verify(run.id).map(({ file, kind }) => [file, kind]), [
      ["a.pfindex", "missing"],
    ]);
  });
});

Deno.test("RunStore.save() refuses a run that does not fit the schema", async () => {
  await inTemporary(async (dir) => {
    const store = new RunStore(dir);
    const run = { ...sampleRun(), id: "../escape" } as Run;
    const error = await assertRejects(() => store.save(run), StoreError, "id: expected a run id");
    assert(error.cause instanceof RunFormatError);
    assertEquals(namesIn(dir), []);
  });
});

Deno.test("RunStore.save() leaves nothing behind when a trace cannot be read", async () => {
  await inTemporary(async (dir) => {
    const store = new RunStore(`${dir}/runs`);
    const run = sampleRun({ results: [CAPTURE] });
    const files = new Map([["a.pftrace", `${dir}/absent`]]);
    const error = await assertRejects(() => store.save(run, files), StoreError);
    assertMatch(error.message, /^Cannot save run '.*' in '.*': it does not exist \(.*absent/);
    assertEquals(namesIn(`${dir}/runs`), []);
  });
});

Deno.test("RunStore.save() says that a part of the path is a file", async () => {
  await inTemporary(async (dir) => {
    await Deno.writeTextFile(`${dir}/file`, "");
    const store = new RunStore(`${dir}/file/runs`);
    await assertRejects(() => store.save(sampleRun()), StoreError, "is not a directory");
  });
});

Deno.test("a save that is killed leaves no run, and the next save sweeps what it left", async () => {
  await inTemporary(async (dir) => {
    const store = new RunStore(`${dir}/runs`);
    await store.save(sampleRun({ id: OTHER_ID }));
    await using writer = await SavingChild.start(dir, ID);
    writer.child.kill("SIGKILL");
    await writer.child.status;
    const [leftover, ...rest] = namesIn(`${dir}/runs`);
    assertEquals(leftover, `.tmp-${ID}-${writer.child.pid}`);
    assertEquals(rest, [OTHER_ID]);
    assertEquals(new RunStore(`${dir}/runs`).list().map((row) => row.id), [OTHER_ID]);
    await store.save(sampleRun());
    assertEquals(namesIn(`${dir}/runs`), [".index.sqlite", ID, OTHER_ID]);
  });
});

Deno.test("a save does not sweep what another process is writing", async () => {
  await inTemporary(async (dir) => {
    const store = new RunStore(`${dir}/runs`);
    await using writer = await SavingChild.start(dir, ID);
    await store.save(sampleRun({ id: OTHER_ID }));
    assertEquals(namesIn(`${dir}/runs`), [`.tmp-${ID}-${writer.child.pid}`, OTHER_ID]);
    assert((await writer.goOn()).success);
    assertEquals(namesIn(`${dir}/runs`), [ID, OTHER_ID]);
    assertEquals(Deno.statSync(`${dir}/runs/${ID}/a.pftrace`).size, 1000);
  });
});

Deno.test("a save sweeps only temporary directories of runs", async () => {
  await inTemporary(async (dir) => {
    await Deno.mkdir(`${dir}/.tmp-mine-1`);
    await Deno.mkdir(`${dir}/.tmp-${OTHER_ID}-99999999`);
    await new RunStore(dir).save(sampleRun());
    assertEquals(namesIn(dir), [".tmp-mine-1", ID]);
  });
});

mountTest("RunStore.save() on a full disk leaves nothing behind and says so", async () => {
  using disk = new SmallDisk(256 * 1024);
  const store = new RunStore(`${disk.path}/runs`);
  const files = new Map([["a.pftrace", new Uint8Array(1 << 20)]]);
  const run = sampleRun({ results: [CAPTURE] });
  await assertRejects(() => store.save(run, files), StoreError, "the file system is full");
  assertEquals(namesIn(`${disk.path}/runs`), []);
});

mountTest("RunStore.save() names a read-only file system as the cause", async () => {
  using disk = new SmallDisk(256 * 1024);
  disk.freeze();
  const fresh = new RunStore(`${disk.path}/runs`);
  await assertRejects(() => fresh.save(sampleRun()), StoreError, "the file system is read-only");
});

/** A process that stands still in the middle of a save. */
class SavingChild implements AsyncDisposable {
  readonly child: Deno.ChildProcess;
  readonly #pipe: Deno.FsFile;
  #alive = true;
  #open = true;

  private constructor(child: Deno.ChildProcess, pipe: Deno.FsFile) {
    this.child = child;
    this.#pipe = pipe;
    child.status.then(() => this.#alive = false);
  }

  static async start(dir: string, id: string): Promise<SavingChild> {
    const { success } = await new Deno.Command("mkfifo", { args: [`${dir}/pipe`] }).output();
    assert(success, "mkfifo failed");
    // For reading too, or opening would wait for a reader that may never come.
    const pipe = await Deno.open(`${dir}/pipe`, { read: true, write: true });
    const script = new URL("./testdata/save_from_pipe.ts", import.meta.url).pathname;
    const args = ["run", "--allow-read", `--allow-write=${dir}`, script];
    args.push(`${dir}/runs`, id, `${dir}/pipe`);
    const writer = new SavingChild(new Deno.Command(Deno.execPath(), { args }).spawn(), pipe);
    await writer.#untilInTheMiddle(`${dir}/runs/.tmp-${id}-${writer.child.pid}/a.pftrace`);
    return writer;
  }

  /** Lets the save go on to its end. */
  async goOn(): Promise<Deno.CommandStatus> {
    this.#pipe.close();
    this.#open = false;
    return await this.child.status;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#alive) this.child.kill("SIGKILL");
    await this.child.status;
    if (this.#open) this.#pipe.close();
  }

  async #untilInTheMiddle(copy: string): Promise<void> {
    await this.#pipe.write(new Uint8Array(1000));
    for (let attempt = 0; attempt < 2000 && this.#alive; attempt++) {
      if (sizeOf(copy) > 0) return;
      await new Promise((wake) => setTimeout(wake, 5));
    }
    await this[Symbol.asyncDispose]();
    throw new Error(`Cannot stop a save in the middle: '${copy}' was not written`);
  }
}

function sizeOf(path: string): number {
  try {
    return Deno.statSync(path).size;
  } catch {
    return 0;
  }
}
