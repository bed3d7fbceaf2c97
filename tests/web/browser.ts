/** Opens pages of a server in Chromium. */

import type { BrowserContextOptions, Page } from "playwright-core";
import { complaintsOf, newPage, type OpenedPage, type View } from "./report_browser.ts";

/** Opens an address. @param options Of the browser, beside the view. */
export async function openPage(
  url: string,
  view: View,
  options: BrowserContextOptions = {},
): Promise<OpenedPage> {
  const own = await newPage(view, options);
  const { origin } = new URL(url);
  const complaints = complaintsOf(
    own.page,
    (asked) => asked.startsWith(`${origin}/`) || asked.startsWith("data:"),
  );
  await own.page.goto(url);
  return { ...own, complaints };
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
