/// <reference lib="dom" />

/** A server with a short real trace, and its timeline in a browser. */

import type { Page } from "playwright-core";
import type { TimelineProbe } from "../../web/islands/timeline/probe.ts";
import { RunStore } from "../../lab/store/run_store.ts";
import { build } from "../fixtures/doors.ts";
import { lab } from "../fixtures/lab_process.ts";
import { cpus, isRoot } from "../fixtures/needs.ts";
import { WebServer } from "./server.ts";

/** What recording a trace needs. */
export const recorderNeeds = {
  root: isRoot,
  "two CPUs": cpus >= 2,
  "x86-64": build.arch === "x86_64",
  "tracefs mounted": isDirectory("/sys/kernel/tracing/instances"),
};

function isDirectory(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}

/** Techniques of the trace: one that interrupts a CPU, one that does not. */
export const TECHNIQUES = ["munmap", "membarrier-private-expedited", "getppid"];

/** A part of the trace, ns. */
export interface Part {
  readonly from: number;
  readonly to: number;
}

/** A server whose store holds one recorded trace. */
export class TimelinePlace implements AsyncDisposable {
  /** The page of the trace. */
  readonly path: string;
  readonly #store: string;
  readonly #server: WebServer;

  private constructor(store: string, server: WebServer, path: string) {
    this.#store = store;
    this.#server = server;
    this.path = path;
  }

  /** Records a trace. @throws {Error} If this machine cannot, with what the lab says about it. */
  static async open(): Promise<TimelinePlace> {
    const store = await Deno.makeTempDir({ prefix: "fencelab-timeline-" });
    try {
      const techniques = TECHNIQUES.flatMap((technique) => ["--technique", technique]);
      const args = ["run", "--experiment", "capture", "--out", store, ...techniques, "--json"];
      const { code, stderr } = await lab(args);
      if (code !== 0) throw new Error(`Cannot record: ${stderr}`);
      const [run] = new RunStore(store).list();
      const server = await WebServer.open(store);
      return new TimelinePlace(store, server, `/traces/${run!.id}~capture.pftrace`);
    } catch (error) {
      await Deno.remove(store, { recursive: true });
      throw error;
    }
  }

  /** The address of the page. @param query Such as "?select=3". */
  url(query = ""): string {
    return this.#server.at(`${this.path}${query}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.end();
    await Deno.remove(this.#store, { recursive: true });
  }
}

/** The timeline on a page. */
export class TimelinePage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** Resolves when everything that is visible is painted. */
  async ready(): Promise<void> {
    await this.page.evaluate(() => globalThis.fencelabTimeline!.ready);
  }

  /** What is visible. */
  async view(): Promise<Part> {
    return await this.page.evaluate(() => globalThis.fencelabTimeline!.view());
  }

  /** What the last picture held. */
  async drawn(): Promise<ReturnType<TimelineProbe["drawn"]>> {
    return await this.page.evaluate(() => globalThis.fencelabTimeline!.drawn());
  }

  /** The slice that is selected. */
  async selected(): Promise<number | null> {
    return await this.page.evaluate(() => globalThis.fencelabTimeline!.selected());
  }

  /** What is said about the selection. */
  async said(): Promise<string> {
    return await this.page.locator("#timeline-said").innerText();
  }

  /** Waits until another slice is selected and known, and its arrows are painted. */
  async selectedAfter(action: () => Promise<void>): Promise<number> {
    const before = await this.said();
    await action();
    await this.page.waitForFunction(
      (text) => {
        const said = document.querySelector("#timeline-said")!.textContent!;
        return said !== text && said.startsWith("Selected:");
      },
      before,
    );
    await this.settled();
    return (await this.selected())!;
  }

  /** Waits until the view moves no more, rows have come to rest, and the address has followed. */
  async settled(): Promise<Part> {
    await this.page.waitForTimeout(500); // the address follows a while after the view
    await this.page.evaluate(async () => {
      const timeline = globalThis.fencelabTimeline!;
      let before = "";
      for (let still = 0; still < 15;) {
        await new Promise((resolve) => requestAnimationFrame(resolve));
        const now = JSON.stringify([timeline.view(), timeline.drawn()]);
        still = now === before && timeline.drawn().missing === 0 ? still + 1 : 0;
        before = now;
      }
    });
    return await this.view();
  }

  /** Holds a key down until the view begins before a time, ns. */
  async hold(key: string, before: number): Promise<void> {
    await this.page.keyboard.down(key);
    await this.page.waitForFunction(
      (one) => globalThis.fencelabTimeline!.view().from < one,
      before,
    );
    await this.page.keyboard.up(key);
    await this.settled();
  }

  /** Presses a key and waits until the view moves no more. */
  async press(key: string): Promise<Part> {
    await this.page.keyboard.press(key);
    return await this.settled();
  }

  /** A place on the canvas: shares of its width and height. */
  async at(across: number, down: number): Promise<{ x: number; y: number }> {
    const { x, y, width, height } = (await this.page.locator("#timeline-canvas").boundingBox())!;
    return { x: x + across * width, y: y + down * height };
  }
}
