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

/** The rules of axe-core that depend on the scheme; the first takes longer than all others together. */
const COLOURS = ["color-contrast", "link-in-text-block"];

/** Elements whose contrast is looked at, of each kind of text. */
const OF_A_KIND = 3;

/** What axe-core finds wrong in a page: rule, and the elements. */
export async function axeFindings(page: Page, axe: string): Promise<string[]> {
  // The page's own policy forbids scripts that are added to it; the debugger's are not asked
  await page.evaluate(axe);
  return await violations(page, {});
}

/** The same in both schemes: the page is not opened anew for the other one, in which only colours differ. */
export async function axeInBothSchemes(
  page: Page,
  axe: string,
  { scheme }: View,
): Promise<string[]> {
  const found = await axeFindings(page, axe);
  const other = scheme === "light" ? "dark" : "light";
  await page.emulateMedia({ colorScheme: other });
  const colours = await violations(page, { runOnly: COLOURS });
  await page.emulateMedia({ colorScheme: scheme });
  return [...found, ...colours.map((one) => `${other}: ${one}`)];
}

/** What axe-core finds, once it is in the page. */
async function violations(page: Page, options: { runOnly?: string[] }): Promise<string[]> {
  await page.evaluate(markTexts, OF_A_KIND);
  const found = await page.evaluate(async (options) => {
    const { axe } = globalThis as unknown as {
      axe: {
        configure(spec: { rules: { id: string; selector: string }[] }): void;
        run(options: object): Promise<
          { violations: { id: string; nodes: { html: string }[] }[] }
        >;
      };
    };
    axe.configure({ rules: [{ id: "color-contrast", selector: "[data-test-contrast]" }] });
    // Describing all that is as it should be would take longer than finding what is not
    const { violations } = await axe.run({ resultTypes: ["violations"], ...options });
    return violations.map(({ id, nodes }) =>
      `${id}: ${nodes.slice(0, 3).map(({ html }) => html.slice(0, 200)).join(" | ")}`
    );
  }, options);
  await page.evaluate(() => {
    for (const element of document.querySelectorAll("[data-test-contrast]")) {
      element.removeAttribute("data-test-contrast");
    }
  });
  return found;
}

/**
 * Marks some texts of each kind: those that look alike have the same contrast.
 *
 * It runs in the page.
 */
function markTexts(ofAKind: number): void {
  const grounds = new Map<Element | null, string>([[null, ""]]);
  /** What an element stands on: the same as its parent, if its own style adds nothing. */
  const groundOf = (element: Element | null): string => {
    const known = grounds.get(element);
    if (known !== undefined) return known;
    const style = getComputedStyle(element!);
    const own = [
      ...[style.backgroundColor, style.backgroundImage, style.opacity, style.position],
      ...[style.textShadow, style.filter, style.mixBlendMode],
    ].join();
    const below = groundOf(element!.parentElement);
    const ground = own === "rgba(0, 0, 0, 0),none,1,static,none,none,normal" ? below : below + own;
    grounds.set(element, ground);
    return ground;
  };
  /** What the contrast of an element's text depends on. */
  const kindOf = (element: Element, text: string): string => {
    const { color, fontSize, fontWeight } = getComputedStyle(element);
    const disabled = element.closest(":disabled, [aria-disabled], label") !== null;
    return [groundOf(element), color, fontSize, fontWeight, disabled, text.length > 1].join();
  };
  const kinds = new Map<string, number>();
  for (const element of document.body.querySelectorAll("*")) {
    const text = [...element.childNodes].map((node) => node.nodeType === 3 ? node.nodeValue : "")
      .join("").trim();
    const field = element.matches("input, select, textarea");
    if ((text === "" && !field) || element.getClientRects().length === 0) continue;
    const kind = kindOf(element, text);
    const seen = kinds.get(kind) ?? 0;
    kinds.set(kind, seen + 1);
    element.toggleAttribute("data-test-contrast", seen < ofAKind);
  }
}
