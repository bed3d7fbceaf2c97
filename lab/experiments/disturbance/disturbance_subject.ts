import type { DisturbanceResult } from "./disturbance_schema.ts";
import { formatCount } from "../../text/units.ts";

/** What tells a disturbance result from others of its run: who calls how often, and who suffers. */
export function disturbanceSubject(result: DisturbanceResult): string {
  const { technique, victim, work, victimPriority, occupied, callers, rateHz } = result;
  const pace = rateHz === 0 ? "in a storm" : `${rateHz} times a second`;
  const place = occupied ? "on a busy CPU" : "on a free CPU";
  return `${technique} by ${formatCount(callers, "caller")} ${pace}; ` +
    `${victim} that ${work}, ${victimPriority}, ${place}`;
}
