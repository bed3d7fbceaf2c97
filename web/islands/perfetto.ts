/// <reference lib="dom" />

/** Ways from the page of a trace to the Perfetto UI, in `<div id="perfetto" data-key=KEY>`. */

import { fetchWhole } from "./perfetto/download.ts";
import { handOver, HandoverError, openUi, waitForUi } from "./perfetto/ui_window.ts";
import { element, needed } from "./dom/elements.ts";
import { started } from "./dom/started.ts";

const key = needed("#perfetto").dataset["key"]!;
const file = `/traces/${encodeURIComponent(key)}/file`;

const open = needed<HTMLButtonElement>("#perfetto-open");
const serve = needed<HTMLButtonElement>("#perfetto-serve");
const state = needed("#perfetto .state");

/** Runs what a button starts; it cannot be started twice at a time. */
async function run(button: HTMLButtonElement, action: () => Promise<void>): Promise<void> {
  if (button.getAttribute("aria-disabled") === "true") return;
  button.setAttribute("aria-disabled", "true");
  try {
    await action();
  } catch (error) {
    if (!(error instanceof HandoverError)) throw error;
    state.replaceChildren(element("span", { class: "bad" }, `${error.message}.`));
  } finally {
    button.removeAttribute("aria-disabled");
  }
}

async function openInPerfetto(): Promise<void> {
  const ui = openUi();
  state.textContent = "Reading the trace…";
  const [buffer] = await Promise.all([
    fetchWhole(file, (share) => state.textContent = `Reading the trace, ${percent(share)}…`),
    waitForUi(ui),
  ]);
  const title = document.querySelector("h1")?.textContent ?? key;
  handOver(ui, buffer, title, key.replaceAll(/[^\w.-]/g, "-"));
  state.textContent = "The Perfetto UI has the trace.";
}

async function serveToUi(): Promise<void> {
  state.textContent = "Loading the trace…";
  let answer: { open?: string; problem?: string; remedy?: string };
  try {
    const path = `/api/traces/${encodeURIComponent(key)}/perfetto`;
    answer = await (await fetch(path, { method: "POST" })).json();
  } catch (cause) {
    throw new HandoverError("The server does not answer", { cause });
  }
  if (answer.open === undefined) {
    throw new HandoverError(`${answer.problem}. Remedy: ${answer.remedy}`);
  }
  state.replaceChildren(
    "Loaded. Open ",
    element("a", { href: answer.open, target: "_blank", rel: "noreferrer" }, "the Perfetto UI"),
    ", and choose to use the trace that it finds.",
  );
}

function percent(share: number): string {
  return `${Math.floor(share * 100)} %`;
}

open.addEventListener("click", () => run(open, openInPerfetto));
serve.addEventListener("click", () => run(serve, serveToUi));
started("perfetto");
