import { type Advice, type HostCost, usableRungs } from "./advice.ts";
import { printable } from "../text/printable.ts";
import { paint, type RenderOptions, wrap } from "../text/style.ts";
import { formatNs } from "../text/units.ts";

/** Advice for some needs: each chain in order, with reasons and costs at the hosts seen. */
export function renderAdvice(advice: readonly Advice[], options: RenderOptions): string {
  return advice.map((one) => renderOne(one, options)).join("\n\n");
}

function renderOne(advice: Advice, options: RenderOptions): string {
  const rungs = usableRungs(advice);
  const left = advice.rungs.filter((rung) => !rungs.includes(rung));
  return [
    paint(`${advice.need}: ${advice.title}`, "strong", options),
    ...rungs.flatMap(({ technique, why, costs }, place) => [
      `  ${place + 1}. ${technique}`,
      `     ${wrap(why, options.width, 5)}`,
      `     ${
        paint(wrap(printable(costLine(costs, options)), options.width, 5), "faint", options)
      }`,
    ]),
    ...left.map(({ technique, leftOut }) =>
      `  ${
        paint(
          wrap(printable(`-  ${technique}: ${leftOut ?? ""}`), options.width, 5),
          "faint",
          options,
        )
      }`
    ),
    `  ${rungs.length + 1}. ${wrap(advice.bottom, options.width, 5)}`,
  ].join("\n");
}

function costLine(costs: readonly HostCost[], options: RenderOptions): string {
  if (costs.length === 0) return "no host seen";
  return costs.map(({ host, ns, available, emulated, soundness }) => {
    if (available === false) return `${host}: not available`;
    const worth = soundness === "by contract" ? "" : `, ${soundness}`;
    if (ns === null) return `${host}: not measured${worth}`;
    return `${host}: ${formatNs(ns, options)}${emulated ? " (emulated)" : ""}${worth}`;
  }).join("; ");
}
