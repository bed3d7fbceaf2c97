/// <reference lib="dom" />

/** Sends files that are dropped on the page, or chosen, to the server. */

import { started } from "./dom/started.ts";

const section = document.querySelector<HTMLElement>("#upload")!;
const input = section.querySelector("input")!;
const status = section.querySelector<HTMLElement>("[role=status]")!;

interface Answer {
  readonly url?: string;
  readonly problem?: string;
  readonly remedy?: string;
}

function say(text: string, tone: "" | "bad" = ""): void {
  status.textContent = text;
  status.className = tone;
}

/** XMLHttpRequest, since fetch() does not tell how much was sent. */
function send(file: File): void {
  const request = new XMLHttpRequest();
  request.open("POST", "/api/uploads");
  request.setRequestHeader("content-type", "application/octet-stream");
  request.upload.addEventListener("progress", ({ loaded, total }) => {
    say(`Sending ${file.name}: ${Math.floor(100 * loaded / Math.max(1, total))} %`);
  });
  request.addEventListener("load", () => finish(request));
  request.addEventListener(
    "error",
    () => say("The server does not answer. Remedy: see whether it runs", "bad"),
  );
  say(`Sending ${file.name}`);
  request.send(file);
}

function finish({ status, responseText }: XMLHttpRequest): void {
  let answer: Answer = {};
  try {
    answer = JSON.parse(responseText);
  } catch {
    // Said below
  }
  if (status === 201 && answer.url?.startsWith("/")) return location.assign(answer.url);
  say(`${answer.problem ?? "The server failed"}. Remedy: ${answer.remedy ?? "try again"}`, "bad");
}

input.addEventListener("change", () => {
  const [file] = input.files ?? [];
  if (file) send(file);
});
document.addEventListener("dragover", (event) => {
  event.preventDefault();
  section.classList.add("over");
});
document.addEventListener("dragleave", () => section.classList.remove("over"));
document.addEventListener("drop", (event) => {
  event.preventDefault();
  section.classList.remove("over");
  const [file, ...others] = event.dataTransfer?.files ?? [];
  if (others.length > 0) {
    return say("One file at a time. Remedy: drop them one after another", "bad");
  }
  if (file) send(file);
});
started("upload");
