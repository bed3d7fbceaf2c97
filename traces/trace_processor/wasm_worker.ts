/**
 * The inside of the worker that runs Perfetto's WASM build of trace_processor.
 *
 * The first message hands in the engine's files and a port; the engine then speaks its byte pipe
 * over that port. Errors go to the parent as {@linkcode WorkerFailure}.
 */

/** The one message that the worker takes. */
export interface WorkerStart {
  /** Emscripten's glue, JavaScript text. */
  readonly glue: string;
  readonly wasm: Uint8Array<ArrayBuffer>;
  readonly port: MessagePort;
}

/** The one message that the worker sends: the engine is dead. */
export interface WorkerFailure {
  readonly failure: string;
}

/** The part of a worker's global scope that is used here. */
interface WorkerScope {
  onmessage: ((event: MessageEvent) => unknown) | null;
  postMessage(message: WorkerFailure): void;
  addEventListener(type: "error", listener: (event: ErrorEvent) => void): void;
  console: Pick<Console, "log" | "warn">;
}

const scope = self as unknown as WorkerScope;

/** Output of the engine that says nothing: it tries system calls that its platform lacks. */
const HARMLESS = "unsupported syscall";

/** The last lines that the engine printed, for the message of its death. */
const printed: string[] = [];

function keepLine(line: unknown): void {
  const text = String(line);
  if (text.includes(HARMLESS)) return;
  printed.push(text);
  if (printed.length > 20) printed.shift();
}

function reportFailure(message: string): void {
  scope.postMessage({ failure: [message, ...printed].join("\n") });
}

/**
 * Makes the glue choose its memory32 build, the only one that the package carries.
 *
 * The glue asks by compiling a module that uses memory64, before it compiles anything else: that
 * one attempt fails.
 */
function failMemory64ProbeOnce(): void {
  const real = WebAssembly.Module;
  WebAssembly.Module = class extends real {
    constructor(bytes: BufferSource) {
      super(bytes);
      WebAssembly.Module = real;
      throw new WebAssembly.CompileError("memory64 is not wanted");
    }
  };
}

/**
 * Runs the glue with the module's bytes where it looks for them.
 *
 * It reads `wasmBinary` of an object that it makes itself, hence the prototype, and only while it
 * starts.
 */
async function runGlue(glue: string, wasm: Uint8Array<ArrayBuffer>): Promise<void> {
  const url = URL.createObjectURL(new Blob([glue], { type: "text/javascript" }));
  Object.defineProperty(Object.prototype, "wasmBinary", { value: wasm, configurable: true });
  try {
    await import(url);
  } finally {
    Reflect.deleteProperty(Object.prototype, "wasmBinary");
    URL.revokeObjectURL(url);
  }
}

async function start(event: MessageEvent<WorkerStart>): Promise<void> {
  const { glue, wasm, port } = event.data;
  try {
    failMemory64ProbeOnce();
    await runGlue(glue, wasm);
    // The glue has put its own handler there, which takes the port.
    await scope.onmessage?.(new MessageEvent("message", { data: port }));
  } catch (cause) {
    reportFailure(cause instanceof Error ? cause.message : String(cause));
  }
}

scope.console.log = keepLine;
scope.console.warn = keepLine;
scope.addEventListener("error", (event) => {
  event.preventDefault();
  reportFailure(event.message);
});
scope.onmessage = start;
