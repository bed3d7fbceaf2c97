import { printable } from "../../text/printable.ts";

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/**
 * Makes any text safe as content of an element or as the value of a quoted attribute.
 *
 * Characters that reorder or hide text are shown by their codes, so that no name can pass for another.
 */
export function escapeHtml(text: string): string {
  return escapeMarkup(printable(text));
}

/** The same for texts of the project's own, whose lines are to stay lines. */
export function escapeMarkup(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character]!);
}

/** The characters of a text in which entities stand for some. */
export function unescapeMarkup(html: string): string {
  return html.replaceAll(
    /&(?:amp|lt|gt|quot|#39);/g,
    (entity) => Object.keys(ENTITIES).find((character) => ENTITIES[character] === entity)!,
  );
}

/** JSON that can stand in a script element: nothing in it ends the element. */
export function scriptJson(value: unknown): string {
  return JSON.stringify(value).replaceAll("<", "\\u003c");
}
