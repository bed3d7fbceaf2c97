/// <reference lib="dom" />

/**
 * Keeps the runs that are ticked when the list is sorted, filtered, or another page of it shown.
 *
 * Without scripts only those are kept that were sent with the address.
 */

const form = document.querySelector<HTMLFormElement>("#run-choice");
const filter = document.querySelector<HTMLFormElement>("form.filters");
const SIDES = ["base", "with"];

/** What would be sent to be compared: ticks of this page, and hidden fields for those of others. */
function chosen(form: HTMLFormElement): [string, string][] {
  const data = new FormData(form);
  return SIDES.flatMap((side) => data.getAll(side).map((id): [string, string] => [side, `${id}`]));
}

function keep(form: HTMLFormElement): void {
  const runs = chosen(form);
  for (const link of document.querySelectorAll<HTMLAnchorElement>("a[data-keeps-choice]")) {
    const url = new URL(link.href);
    for (const side of SIDES) url.searchParams.delete(side);
    for (const [side, id] of runs) url.searchParams.append(side, id);
    link.href = url.href;
  }
  for (const side of SIDES) {
    for (const old of filter?.querySelectorAll(`input[name=${side}]`) ?? []) old.remove();
  }
  for (const [name, value] of runs) {
    const input = document.createElement("input");
    Object.assign(input, { type: "hidden", name, value });
    filter?.append(input);
  }
}

if (form !== null) {
  // Some may have been ticked before this script ran
  keep(form);
  form.addEventListener("change", () => keep(form));
  // Browsers restore ticks after going back
  addEventListener("pageshow", () => keep(form));
}
