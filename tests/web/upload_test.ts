import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { formatRun } from "../../lab/experiments/run/run_schema.ts";
import { RunStore } from "../../lab/store/run_store.ts";
import { sampleRun } from "../../lab/testdata/sample_run.ts";
import { ID, Place, TRACE } from "./upload_place.ts";

Deno.test("archives of a run directory, packed or not, become runs of the store", async () => {
  await using place = await Place.open();
  place.run();
  for (const options of [["cz"], ["c"], ["c", "--format=pax"], ["c", "--format=gnu"]]) {
    const archive = await place.tar(options, [ID]);
    const { status, answer } = await place.send(archive);
    assertEquals({ status, answer }, { status: 201, answer: { kind: "run", url: `/runs/${ID}` } });
    const { run, path } = new RunStore(place.store).load(ID);
    assertEquals(run.id, ID);
    assertEquals(Deno.readFileSync(`${path}/capture.pftrace`), TRACE);
    assertEquals(new RunStore(place.store).verify(ID), []);
    assertEquals(await place.send(archive), {
      status: 409,
      answer: { problem: `Run ${ID} is in the store already`, remedy: `see it at /runs/${ID}` },
    });
    assertEquals(place.names(), [ID]);
    Deno.removeSync(path, { recursive: true });
  }
});

Deno.test("a trace becomes one upload, however often it is sent", async () => {
  await using place = await Place.open();
  const first = await place.send(TRACE);
  assertEquals([first.status, first.answer["kind"]], [201, "trace"]);
  assertMatch(first.answer["url"]!, /^\/traces\/upload~[0-9a-f]{64}\.pftrace$/);
  assertEquals((await place.send(TRACE)).answer, first.answer);
  const kept = [...Deno.readDirSync(`${place.store}/.uploads`)].map(({ name }) => name);
  assertEquals(kept, [first.answer["url"]!.split("~")[1]!]);
  assertEquals(Deno.readFileSync(`${place.store}/.uploads/${kept[0]}`), TRACE);
});

Deno.test("what is no run and no trace is refused, with cause and remedy, and nothing stays", async () => {
  await using place = await Place.open();
  const bodies: [string, () => Promise<BodyInit> | BodyInit, number, RegExp][] = [
    ["nothing", () => "", 400, /empty/],
    ["a text", () => "hello", 415, /neither a Perfetto trace nor a tar/],
    ["a trace that was cut off", () => TRACE.slice(0, -1), 400, /cut off/],
    [
      "packets and then something else",
      () => new Uint8Array([0x0a, 1, 0, 0x42, 1]),
      400,
      /no packet/,
    ],
    [
      "a length of 64 bits",
      () => new Uint8Array([0x0a, ...new Uint8Array(9).fill(255)]),
      400,
      /no packet/,
    ],
    ["gzip of nothing known", () => gzip(new Blob(["x".repeat(2000)])), 400, /damaged/],
    [
      "an archive that was cut off",
      async () => {
        place.run();
        return (await place.tar(["c"], [ID])).slice(0, 1500);
      },
      400,
      /damaged or cut off/,
    ],
    [
      "a run without its trace",
      async () => {
        Deno.removeSync(`${place.directory}/${ID}`, { recursive: true });
        place.run({}, false);
        return await place.tar(["c"], [ID]);
      },
      400,
      /'capture\.pftrace'/,
    ],
    [
      "a file that no result names",
      async () => {
        place.run();
        Deno.writeTextFileSync(`${place.directory}/${ID}/other.pftrace`, "");
        return await place.tar(["c"], [ID]);
      },
      400,
      /no result names the file 'other\.pftrace'/,
    ],
    [
      "a link",
      async () => {
        place.run();
        Deno.removeSync(`${place.directory}/${ID}/other.pftrace`);
        Deno.symlinkSync("/etc/passwd", `${place.directory}/${ID}/link`);
        return await place.tar(["c"], [ID]);
      },
      400,
      /no plain file/,
    ],
    [
      "a path that leads out",
      async () => {
        Deno.writeTextFileSync(`${place.directory}/x`, "");
        return await place.tar(["c", "-P", "--transform=s,x,../../x,"], ["x"]);
      },
      400,
      /no plain file/,
    ],
    [
      "an absolute path",
      async () => {
        return await place.tar(["c", "-P", "--transform=s,^x$,/etc/x,"], ["x"]);
      },
      400,
      /no plain file/,
    ],
    [
      "a folder named ..",
      async () => {
        return await place.tar(["c", "-P", "--transform=s,^x$,../run.json,"], ["x"]);
      },
      400,
      /no plain file/,
    ],
    ["no run.json", async () => await place.tar(["c"], ["x"]), 400, /no run\.json/],
    [
      "a run.json that is none",
      async () => {
        Deno.mkdirSync(`${place.directory}/bad`);
        Deno.writeTextFileSync(`${place.directory}/bad/run.json`, "{");
        return await place.tar(["c"], ["bad"]);
      },
      400,
      /run\.json of the archive/,
    ],
    [
      "a run of another format",
      async () => {
        Deno.writeTextFileSync(`${place.directory}/bad/run.json`, '{"schema":"fencelab.run/9"}');
        return await place.tar(["c"], ["bad"]);
      },
      400,
      /newer/,
    ],
    [
      "a run whose id leads out",
      async () => {
        const run = formatRun(sampleRun()).replace(/"id": "[^"]*"/, '"id": "../../evil"');
        Deno.writeTextFileSync(`${place.directory}/bad/run.json`, run);
        return await place.tar(["c"], ["bad"]);
      },
      400,
      /id/,
    ],
    [
      "very many entries",
      async () => {
        Deno.mkdirSync(`${place.directory}/many`);
        for (let i = 0; i < 100; i++) Deno.writeTextFileSync(`${place.directory}/many/f${i}`, "");
        return await place.tar(["c"], ["many"]);
      },
      400,
      /more than 64 entries/,
    ],
  ];
  for (const [what, body, expected, problem] of bodies) {
    const { status, answer } = await place.send(await body());
    assertEquals(status, expected, `${what}: ${JSON.stringify(answer)}`);
    assertMatch(answer["problem"] ?? "", problem, what);
    assert(answer["remedy"], `${what}: no remedy`);
    assertEquals(place.names().filter((name) => name !== ".uploads"), [], what);
  }
  assertEquals((await place.server.fetch("/live")).status, 200);
});

Deno.test("an upload that says it is too large is refused before it is sent", async () => {
  await using place = await Place.open();
  const { hostname, port } = new URL(place.server.url);
  const socket = await Deno.connect({ hostname, port: Number(port) });
  const head = [
    "POST /api/uploads HTTP/1.1",
    `Host: ${hostname}:${port}`,
    `Content-Length: ${2 ** 40}`,
    "Connection: close",
    "",
    "",
  ].join("\r\n");
  await socket.write(new TextEncoder().encode(head));
  // The server waits for the rest of the body, which does not come
  let text = "";
  for await (const bytes of socket.readable) {
    text += new TextDecoder().decode(bytes);
    if (text.includes("}")) break;
  }
  assertStringIncludes(text, "413");
  assertStringIncludes(text, "larger than 1024 MiB");
});

Deno.test("an archive that stands for very many bytes is refused, and memory stays small", async () => {
  await using place = await Place.open();
  const header = (name: string, type: string, size: number): Uint8Array => {
    const bytes = new Uint8Array(512);
    const put = (text: string, at: number): void => bytes.set(new TextEncoder().encode(text), at);
    put(name, 0);
    put(`${size.toString(8).padStart(11, "0")}\0`, 124);
    put(`        ${type}ustar\u000000`, 148);
    const sum = bytes.reduce((total, byte) => total + byte, 0);
    put(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
    return bytes;
  };
  const zeros = new Uint8Array(64 * 2 ** 20);
  const before = residentKiB(place.server.pid);
  for (
    const [head, problem] of [
      [header("a/capture.pftrace", "0", 7 * 2 ** 30), "holds more than 2048 MiB"],
      [header("a/run.json", "0", 65 * 2 ** 20), "holds a run.json of 68157440 bytes"],
      [header("pax", "x", 60 * 2 ** 20), "an extended header of 62914560 bytes"],
      [header("long", "L", 60 * 2 ** 20), "an extended header of 62914560 bytes"],
    ] as const
  ) {
    const { status, answer } = await place.send(await gzip(new Blob([head as BlobPart, zeros])));
    assertEquals(status, 400);
    assertStringIncludes(answer["problem"]!, problem);
    assertEquals(place.names(), []);
  }
  assert(residentKiB(place.server.pid) < before + 200 * 1024, "the server's memory has grown");
});

/** Resident memory of a process's children, KiB. */
function residentKiB(parent: number): number {
  const children = Deno.readTextFileSync(`/proc/${parent}/task/${parent}/children`).trim();
  return children.split(" ").filter(Boolean).reduce((sum, pid) => {
    const status = Deno.readTextFileSync(`/proc/${pid}/status`);
    return sum + Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0);
  }, 0);
}

async function gzip(blob: Blob): Promise<ArrayBuffer> {
  const packed = blob.stream().pipeThrough(new CompressionStream("gzip"));
  return await new Response(packed).arrayBuffer();
}
