import type { SocketPipe } from "../engine/socket_pipe.ts";
import { IDLE_MS } from "../engine/limits.ts";
import { Problem } from "../base/problem.ts";
import type { TraceRef } from "../base/trace_ref.ts";
import { accessHeaders, preflight, refusal } from "./access.ts";
import { statusResult } from "./status_result.ts";
import { UiEngine } from "./ui_engine.ts";
import { CloseCode, closeSocket, serveClient } from "./ui_session.ts";

const HELP = `fencelab's endpoint for the Perfetto UI, as trace_processor's own server.

  /status     what is served
  /websocket  trace_processor's protocol, for one client at a time

Open https://ui.perfetto.dev/ in a browser on this machine.
`;

/** What the endpoint needs. */
export interface EndpointOptions {
  /** TCP port on 127.0.0.1; 0 takes a free one. */
  readonly port: number;
  /** Starts the process of an engine. */
  readonly start: () => Promise<SocketPipe>;
  /** How long an engine without a client is kept, in ms. */
  readonly idleMs?: number;
}

/** Where the Perfetto UI looks for a trace processor on the user's machine. */
export class PerfettoEndpoint implements AsyncDisposable {
  readonly port: number;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #start: () => Promise<SocketPipe>;
  readonly #idleMs: number;
  readonly #abort = new AbortController();
  /** What is loaded when an engine starts. */
  #served: TraceRef | null = null;
  #engine: Promise<UiEngine> | null = null;
  /** The same once it has loaded what it should. */
  #running: UiEngine | null = null;
  #client: WebSocket | null = null;
  #idle: ReturnType<typeof setTimeout> | undefined;

  /** @throws {Deno.errors.AddrInUse} If another program listens there. */
  constructor({ port, start, idleMs = IDLE_MS }: EndpointOptions) {
    this.#start = start;
    this.#idleMs = idleMs;
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port, onListen: () => {}, signal: this.#abort.signal },
      (request) => this.#answer(request),
    );
    this.port = this.#server.addr.port;
  }

  /** The address for people. */
  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /**
   * Loads a trace for the UI to find.
   *
   * @throws {Problem} If a client is connected, or the trace cannot be loaded.
   */
  async serve(trace: TraceRef): Promise<void> {
    if (this.#client) {
      throw new Problem(
        409,
        `The Perfetto UI is connected${this.#running ? `, to ${this.#running.traceName}` : ""}`,
        "close its tab first",
      );
    }
    if (this.#running?.trace?.key === trace.key && this.#running.traceName === trace.title) return;
    this.#end();
    this.#served = trace;
    try {
      await this.#ensureEngine();
    } catch (error) {
      if (this.#served === trace) this.#served = null;
      throw error;
    }
    this.#endWhenIdle();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end();
    this.#client?.close();
    this.#abort.abort();
    await this.#server.finished;
  }

  #answer(request: Request): Response {
    const refused = refusal(request, this.port);
    if (refused) return refused;
    if (request.method === "OPTIONS") return preflight(request);
    const { pathname } = new URL(request.url);
    const headers = accessHeaders(request);
    const known = ["/", "/status", "/websocket"].includes(pathname);
    if (!known) return new Response("There is nothing here\n", { status: 404, headers });
    if (request.method !== "GET" && !(request.method === "POST" && pathname === "/status")) {
      return new Response("Only GET is answered here, and POST at /status\n", {
        status: 405,
        headers,
      });
    }
    if (pathname === "/") return new Response(HELP, { headers });
    if (pathname === "/websocket") return this.#upgrade(request, headers);
    headers.set("content-type", "application/x-protobuf");
    return new Response(statusResult(this.#traceName), { headers });
  }

  get #traceName(): string {
    return this.#running?.traceName ?? this.#served?.title ?? "";
  }

  #upgrade(request: Request, headers: Headers): Response {
    if (request.headers.get("upgrade")?.toLowerCase() !== "websocket") {
      return new Response("This address is for WebSockets\n", { status: 426, headers });
    }
    const { socket, response } = Deno.upgradeWebSocket(request);
    if (this.#client) {
      socket.onopen = () => {
        closeSocket(socket, CloseCode.taken, "Another client is connected; close its tab first");
      };
      return response;
    }
    this.#client = socket;
    clearTimeout(this.#idle);
    serveClient(socket, this.#ensureEngine(), () => {
      this.#client = null;
      this.#endWhenIdle();
    });
    return response;
  }

  #ensureEngine(): Promise<UiEngine> {
    if (this.#engine) return this.#engine;
    const starting = UiEngine.start(this.#start, this.#served);
    const forget = (): void => {
      if (this.#engine !== starting) return;
      this.#engine = null;
      this.#running = null;
    };
    this.#engine = starting;
    starting.then((engine) => {
      // Another trace may have been chosen meanwhile
      if (this.#engine !== starting) return engine.close();
      this.#running = engine;
      engine.ended.then(forget);
    }, forget);
    return starting;
  }

  #end(): void {
    clearTimeout(this.#idle);
    this.#running?.close();
    this.#running = null;
    this.#engine = null;
  }

  /** What was served is loaded again when a client comes. */
  #endWhenIdle(): void {
    clearTimeout(this.#idle);
    if (this.#client) return;
    const timer = setTimeout(() => this.#end(), this.#idleMs);
    Deno.unrefTimer(timer);
    this.#idle = timer;
  }
}
