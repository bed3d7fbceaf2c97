/** From arguments to a command with checked options. */

import { parseArgs } from "@std/cli/parse-args";

import { nearest } from "../text/nearest.ts";
import {
  type CommandDefinition,
  commands,
  findCommand,
  type OptionDefinition,
} from "./definitions.ts";
import { UsageError } from "./usage_error.ts";

/** A parsed command line. */
export interface CommandLine {
  readonly command: CommandDefinition;
  readonly positionals: readonly string[];
  /** What stands after `--`. */
  readonly rest: readonly string[];
  /** Whether help is asked for, instead of the command. */
  readonly help: boolean;
  /** Whether a switch is given. */
  has(option: string): boolean;
  /** The value of an option; `undefined` when it is not given. */
  value(option: string): string | undefined;
  /** All values of an option that repeats; empty when it is not given. */
  values(option: string): readonly string[];
  /** How many of the positionals stand before a switch; all when it is not given. */
  positionalsBefore(option: string): number;
}

const helpOption: OptionDefinition = { name: "help", short: "h", help: "print this help" };

/**
 * Parses arguments. The command is `run` when the first argument names none.
 *
 * @throws {UsageError} For unknown commands and options, missing values and superfluous arguments.
 */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const named = args[0] !== undefined && !args[0].startsWith("-");
  const command = named ? findCommand(args[0]!) : commands[0]!;
  if (!command) {
    throw new UsageError(
      `Unknown command '${args[0]}'. Remedy: ${
        suggest(args[0]!, commands.map((one) => one.name))
      }see 'deno task lab --help'`,
    );
  }
  const own = named ? args.slice(1) : args;
  const end = own.indexOf("--");
  if (end >= 0 && command.rest === undefined) {
    throw new UsageError(
      `'lab ${command.name}' takes nothing after '--'. ` +
        `Remedy: see 'deno task lab ${command.name} --help'`,
    );
  }
  return end < 0
    ? parseOptions(command, own, [])
    : parseOptions(command, own.slice(0, end), own.slice(end + 1));
}

function parseOptions(
  command: CommandDefinition,
  args: readonly string[],
  rest: readonly string[],
): CommandLine {
  const options = [...command.options, helpOption];
  const settings = {
    string: options.filter((option) => option.value).map((option) => option.name),
    boolean: options.filter((option) => !option.value).map((option) => option.name),
    // Everything is collected, so that an option given twice is noticed
    collect: options.filter((option) => option.value).map((option) => option.name),
    alias: Object.fromEntries(
      options.flatMap(({ name, short }) => short === undefined ? [] : [[name, short]]),
    ),
    unknown: (arg: string, key: string | undefined): boolean => {
      if (key !== undefined) throw unknownOption(command, options, arg);
      return true;
    },
  };
  type Parsed = Record<string, unknown> & { _: (string | number)[] };
  const parsed = parseArgs([...args], settings) as Parsed;
  checkSwitches(args, options);
  const positionals = parsed._.map(String);
  checkPositionals(command, positionals);
  const values = (name: string): string[] => (parsed[name] as string[] | undefined) ?? [];
  for (const option of options) {
    checkValues(command, option, option.value ? values(option.name) : []);
  }
  return {
    command,
    positionals,
    rest,
    help: parsed["help"] === true,
    has: (name) => parsed[name] === true,
    value: (name) => values(name)[0],
    values,
    positionalsBefore(name): number {
      const at = args.indexOf(`--${name}`);
      return at < 0
        ? positionals.length
        : (parseArgs(args.slice(0, at), settings) as Parsed)._.length;
    },
  };
}

/** `--json=yes` would be taken for a switch with a value that nobody reads. */
function checkSwitches(args: readonly string[], options: readonly OptionDefinition[]): void {
  for (const arg of args) {
    const name = /^--([a-z-]+)=/.exec(arg)?.[1];
    if (options.some((option) => option.name === name && !option.value)) {
      throw new UsageError(`Option '--${name}' takes no value, but '${arg}' gives one`);
    }
  }
}

function checkPositionals(command: CommandDefinition, positionals: readonly string[]): void {
  const repeats = command.positionals.at(-1)?.includes("…") === true;
  if (positionals.length > command.positionals.length && !repeats) {
    throw new UsageError(
      `Unexpected argument '${positionals[command.positionals.length]}'. ` +
        `Remedy: see 'deno task lab ${command.name} --help'`,
    );
  }
  const missing = command.positionals.slice(positionals.length).find((name) =>
    !name.startsWith("[")
  );
  if (missing) {
    throw new UsageError(
      `Missing argument ${missing}. Remedy: see 'deno task lab ${command.name} --help'`,
    );
  }
}

function checkValues(
  command: CommandDefinition,
  option: OptionDefinition,
  values: readonly string[],
): void {
  if (values.length > 1 && !option.repeats) {
    throw new UsageError(`Option '--${option.name}' is given ${values.length} times, expected one`);
  }
  if (values.includes("")) {
    throw new UsageError(
      `Option '--${option.name}' lacks its value ${option.value}. ` +
        `Remedy: see 'deno task lab ${command.name} --help'`,
    );
  }
}

function unknownOption(
  command: CommandDefinition,
  options: readonly OptionDefinition[],
  arg: string,
): UsageError {
  const name = arg.replace(/^-+/, "").replace(/=.*$/, "");
  return new UsageError(
    `Unknown option '${arg.replace(/=.*$/, "")}' of 'lab ${command.name}'. Remedy: ${
      suggest(name, options.map((option) => option.name), "--")
    }see 'deno task lab ${command.name} --help'`,
  );
}

function suggest(name: string, names: readonly string[], prefix = ""): string {
  const [near] = nearest(name, names, 1);
  return near ? `did you mean '${prefix}${near}'? Else ` : "";
}
