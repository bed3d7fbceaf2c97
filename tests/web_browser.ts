/** Opens pages of a server in Chromium. */

import { chromium, type Page } from "playwright-core";
import { chromiumPath, type View } from "./report_browser.ts";

/** A page in a browser of its own. */
export interface OpenedPage extends AsyncDisposable {
  readonly page: Page;
  /** Messages of the console, errors, requests to other servers. */
  readonly complaints: string[];
}

/** Opens an address. */
export async function openPage(url: string, { width, scheme }: View): Promise<OpenedPage> {
  // As root Chromium runs only without its own sandbox
  const args = Deno.uid() === 0 ? ["--no-sandbox"] : [];
  const browser = await chromium.launch({ executablePath: chromiumPath ?? "chromium", args });
  const context = await browser.newContext({
    viewport: { width, height: 900 },
    colorScheme: scheme,
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => complaints.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
  page.on("dialog", (dialog) => complaints.push(`dialog: ${dialog.message()}`));
  const { origin } = new URL(url);
  page.on("request", (request) => {
    const asked = request.url();
    if (!asked.startsWith(`${origin}/`) && !asked.startsWith("data:")) {
      complaints.push(`request: ${asked}`);
    }
  });
  await page.goto(url);
  return {
    page,
    complaints,
    [Symbol.asyncDispose]: async () => await browser.close(),
  };
}
