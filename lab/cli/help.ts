/** Help texts, rendered from the definitions. */

import { experiments } from "../experiments/experiments.ts";
import { type CommandDefinition, commands, type OptionDefinition } from "./definitions.ts";

const EXIT_CODES = `Exit codes:
  0    done
  1    error; nothing half written
  2    a technique that promises ordering was seen not to order
  77   nothing could run here
  130  interrupted; nothing stored
`;

/** Help of the whole lab. */
export function labHelp(): string {
  const width = Math.max(...commands.map((command) => command.name.length));
  const list = commands.map((command) => `  ${command.name.padEnd(width)}  ${command.summary}\n`);
  return `fencelab: a test and trace lab for asymmetric memory fences

Usage: deno task lab [COMMAND] [OPTIONS]

Commands:
${list.join("")}
Without a command the quick plan runs on this machine. Each command has --help and --json.

${EXIT_CODES}
Examples:
  deno task lab
  deno task lab doctor
  deno task lab run --experiment cost
`;
}

/** Help of one command. */
export function commandHelp(command: CommandDefinition): string {
  const options = [...command.options, { name: "help", short: "h", help: "print this help" }];
  const width = Math.max(...options.map((option) => spelling(option).length));
  const names = experiments.map(({ name }) => name).join(", ");
  const lines = options.map((option) => {
    const help = option.help.replace("{experiments}", names);
    return `  ${spelling(option).padEnd(width)}  ${help}${option.repeats ? "; repeats" : ""}\n`;
  });
  const rest = command.rest === undefined ? [] : [`[-- ${command.rest}]`];
  const usage = [`deno task lab ${command.name}`, ...command.positionals, "[OPTIONS]", ...rest]
    .join(" ");
  return `Usage: ${usage}

${command.summary[0]!.toUpperCase()}${command.summary.slice(1)}.

Options:
${lines.join("")}
Examples:
${command.examples.map((example) => `  ${example}\n`).join("")}`;
}

function spelling(option: OptionDefinition): string {
  const short = option.short === undefined ? "" : `-${option.short}, `;
  return option.value ? `${short}--${option.name} ${option.value}` : `${short}--${option.name}`;
}
