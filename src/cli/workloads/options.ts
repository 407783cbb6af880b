import { type Command, InvalidArgumentError, Option } from 'commander';

import { collect } from '../option-values.ts';
import { sinceOption } from '../records/options.ts';

/** Where the measured figures come from, and how traffic is spread over the routes. */
export interface WorkloadOptions {
  bench?: string;
  /** True: the records that `ropeway stats` would read. */
  records?: string | true;
  function?: string;
  since?: number;
  share: string[];
  seed: number;
}

/** Adds what `cost` and `simulate` take alike. */
export function addWorkloadOptions(command: Command): Command {
  return command
    .option('--bench <file>', 'measured figures: what `ropeway bench --json` printed')
    .option('--records [folder]', 'measured figures: the requests that `ropeway dev` or `serve` wrote down')
    .option('--function <name>', 'with --records: only of this function')
    .addOption(sinceOption())
    .addOption(
      new Option('--share <route=part>', 'part of a route in the traffic: "GET /=60%" (again for others)')
        .argParser(collect)
        .default([], 'as measured'),
    )
    .addOption(
      new Option('--seed <number>', 'luck: the same gives the same').argParser(number(0)).default(1),
    );
}

/** A number that is at least so large. */
export function number(least: number, most = Infinity): (value: string) => number {
  return (value) => {
    const parsed = Number(value.replaceAll(/[_,]/g, ''));
    if (value.trim() !== '' && parsed >= least && parsed <= most) return parsed;
    throw new InvalidArgumentError(
      `Expected a number ${most === Infinity ? `from ${least} on` : `from ${least} to ${most}`}.`,
    );
  };
}

/** A share of a whole, as `5%` or `0.05`. */
export function part(value: string): number {
  const parsed = value.trim().endsWith('%') ? Number(value.trim().slice(0, -1)) / 100 : Number(value);
  if (value.trim() !== '' && parsed >= 0 && parsed <= 1) return parsed;
  throw new InvalidArgumentError('Expected a share such as 5% or 0.05.');
}

/** Several values with commas in between. */
export function listOf<T>(one: (value: string) => T): (value: string) => T[] {
  return (value) => value.split(',').map((text) => one(text.trim()));
}

/** Adds `name=value` to what was given before. */
export function pairs<T>(
  one: (value: string) => T,
): (value: string, previous: Record<string, T>) => Record<string, T> {
  return (value, previous) => {
    const place = value.lastIndexOf('=');
    if (place <= 0) throw new InvalidArgumentError('Expected name=value.');
    return { ...previous, [value.slice(0, place).trim()]: one(value.slice(place + 1).trim()) };
  };
}
