/** Opens reports and pages in Chromium. */

import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { findProgram } from "../../ffi/find_program.ts";

const PATH = Deno.env.get("PATH") ?? "";

/** Debian's Chromium, the part without windows if it is there; null: neither is installed. */
export const chromiumPath: string | null = findProgram("chromium-headless-shell", PATH) ??
  findProgram("chromium", PATH);

/** How a page is looked at. */
export interface View {
  readonly width: number;
  readonly scheme: "light" | "dark";
}

/** A page that shows something. */
export interface OpenedPage extends OwnPage {
  /** Messages of the console, errors, requests other than those that are expected. */
  readonly complaints: string[];
}

async function launchChromium(): Promise<Browser> {
  // As root Chromium runs only without its own sandbox
  const args = Deno.uid() === 0 ? ["--no-sandbox"] : [];
  return await chromium.launch({ executablePath: chromiumPath ?? "chromium", args });
}

/** Of all tests of a file: starting one takes seconds. Benches get one for each page instead. */
const shared = chromiumPath !== null && Deno.mainModule.endsWith("_test.ts")
  ? await launchChromium() // before the first test, since each is asked what it has left open
  : null;
if (shared !== null) Deno.test.afterAll(() => shared.close());

/** A page that shares nothing with others: neither storage nor cookies. */
export interface OwnPage extends AsyncDisposable {
  readonly page: Page;
}

/** Opens an empty page. */
export async function newPage(
  { width, scheme }: View,
  options: BrowserContextOptions = {},
): Promise<OwnPage> {
  const browser = shared ?? await launchChromium();
  const context = await browser.newContext({
    viewport: { width, height: 900 },
    colorScheme: scheme,
    ...options,
  });
  return {
    page: await context.newPage(),
    [Symbol.asyncDispose]: async () => await (shared === null ? browser : context).close(),
  };
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

/** Opens a file from the disk, without a network. */
export async function showFile(path: string, view: View): Promise<OpenedPage> {
  const own = await newPage(view, { offline: true });
  const address = `file://${path}`;
  const complaints = complaintsOf(own.page, (url) => url === address);
  await own.page.goto(address);
  return { ...own, complaints };
}

/** What axe-core finds wrong in a page: rule, and the elements. */
export async function axeFindings(page: Page, axe: string): Promise<string[]> {
  // The page's own policy forbids scripts that are added to it; the debugger's are not asked
  await page.evaluate(axe);
  return await page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: {
        run(options: { resultTypes: string[] }): Promise<
          { violations: { id: string; nodes: { html: string }[] }[] }
        >;
      };
    };
    // Describing all that is as it should be would take longer than finding what is not
    const { violations } = await axe.run({ resultTypes: ["violations"] });
    return violations.map(({ id, nodes }) =>
      `${id}: ${nodes.slice(0, 3).map(({ html }) => html.slice(0, 200)).join(" | ")}`
    );
  });
}
