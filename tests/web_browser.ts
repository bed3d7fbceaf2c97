/** Opens pages of a server in Chromium. */

import type { BrowserContextOptions, Page } from "playwright-core";
import { complaintsOf, launchChromium, type View } from "./report_browser.ts";

/** A page in a browser of its own. */
export interface OpenedPage extends AsyncDisposable {
  readonly page: Page;
  /** Messages of the console, errors, requests to other servers. */
  readonly complaints: string[];
}

/** Opens an address. @param options Of the browser, beside the view. */
export async function openPage(
  url: string,
  { width, scheme }: View,
  options: BrowserContextOptions = {},
): Promise<OpenedPage> {
  const browser = await launchChromium();
  const context = await browser.newContext({
    viewport: { width, height: 900 },
    colorScheme: scheme,
    ...options,
  });
  const page = await context.newPage();
  const { origin } = new URL(url);
  const complaints = complaintsOf(
    page,
    (asked) => asked.startsWith(`${origin}/`) || asked.startsWith("data:"),
  );
  await page.goto(url);
  return {
    page,
    complaints,
    [Symbol.asyncDispose]: async () => await browser.close(),
  };
}

/** Holds back the islands of a page that is opened after this. @returns Lets them come. */
export async function holdScripts(page: Page): Promise<() => void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  await page.route("**/assets/*.js?*", async (route) => {
    await promise;
    await route.continue();
  });
  return resolve;
}
