/** Opens reports in Chromium, without a network. */

import { type Browser, chromium, type Page } from "playwright-core";
import { findProgram } from "../ffi/find_program.ts";

/** Debian's Chromium; null: it is not installed. */
export const chromiumPath: string | null = findProgram("chromium", Deno.env.get("PATH") ?? "");

/** How a page is looked at. */
export interface View {
  readonly width: number;
  readonly scheme: "light" | "dark";
}

/** What a page complained of while it was open. */
export interface Opened {
  readonly page: Page;
  /** Messages of the console, errors, requests other than for the file itself. */
  readonly complaints: readonly string[];
}

/** Starts Chromium. */
export async function launchChromium(): Promise<Browser> {
  // As root Chromium runs only without its own sandbox
  const args = Deno.uid() === 0 ? ["--no-sandbox"] : [];
  return await chromium.launch({ executablePath: chromiumPath ?? "chromium", args });
}

/** Collects what a page complains of from now on. @param expected Whether it may ask for a URL. */
export function complaintsOf(page: Page, expected: (url: string) => boolean): string[] {
  const complaints: string[] = [];
  page.on("console", (message) => complaints.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
  page.on("dialog", (dialog) => complaints.push(`dialog: ${dialog.message()}`));
  page.on("request", (request) => {
    if (!expected(request.url())) complaints.push(`request: ${request.url()}`);
  });
  return complaints;
}

/** A browser for one test. */
export class ReportBrowser implements AsyncDisposable {
  readonly #browser: Browser;

  private constructor(browser: Browser) {
    this.#browser = browser;
  }

  /** Starts Chromium. */
  static async open(): Promise<ReportBrowser> {
    return new ReportBrowser(await launchChromium());
  }

  /** Opens a file from the disk. */
  async show(path: string, { width, scheme }: View): Promise<Opened> {
    const context = await this.#browser.newContext({
      offline: true,
      viewport: { width, height: 900 },
      colorScheme: scheme,
    });
    const page = await context.newPage();
    const address = `file://${path}`;
    const complaints = complaintsOf(page, (url) => url === address);
    await page.goto(address);
    return { page, complaints };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close();
  }
}

/** What axe-core finds wrong in a page: rule, and the elements. */
export async function axeFindings(page: Page, axe: string): Promise<string[]> {
  // The page's own policy forbids scripts that are added to it; the debugger's are not asked
  await page.evaluate(axe);
  return await page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
    };
    const { violations } = await axe.run();
    return violations.map(({ id, nodes }) =>
      `${id}: ${nodes.slice(0, 3).map(({ html }) => html.slice(0, 200)).join(" | ")}`
    );
  });
}
