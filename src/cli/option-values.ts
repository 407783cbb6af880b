import { InvalidArgumentError } from 'commander';

/** For options that may be given more than once. */
export function collect(value: string, previous: string[]): string[] {
  return [...previous, value];
}

/** Parses the value of an option. */
export function wholeNumber(least: number, most: number): (value: string) => number {
  return (value) => {
    const number = Number(value);
    if (/^\d+$/.test(value) && number >= least && number <= most) return number;
    throw new InvalidArgumentError(`Expected a whole number from ${least} to ${most}.`);
  };
}

/** A percentage with something on both sides of it, as a share: `10` and `10%` are 0.1. */
export function share(value: string): number {
  const percent = Number(value.replace(/\s*%$/, ''));
  if (percent > 0 && percent < 100) return percent / 100;
  throw new InvalidArgumentError('Expected a percentage between 0 and 100, such as 10.');
}
