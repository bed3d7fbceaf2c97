import type { Context } from "hono";
import { raw } from "hono/html";
import type { JSX } from "hono/jsx/jsx-runtime";
import type { ContentfulStatusCode } from "hono/utils/http-status";

/** Answers with a page; without a document type browsers would lay it out as in 1998. */
export async function page(
  context: Context,
  element: JSX.Element,
  status: ContentfulStatusCode = 200,
): Promise<Response> {
  return await context.html(raw(`<!DOCTYPE html>${await element}`), status);
}
