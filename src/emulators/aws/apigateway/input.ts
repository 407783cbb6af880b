import type { JsonValue } from '../../../events/types.ts';
import { badRequest } from './books.ts';

/** The body of a call, or something that was made of one. */
export type Input = { [name: string]: JsonValue };

type Kind = 'text' | 'number' | 'flag' | 'texts' | 'map' | 'object';

/** Of these names those that stand in the input, each of its kind. Throws BadRequestException. */
export function pick(input: Input, kinds: Record<string, Kind>): Input {
  const found: Input = {};
  for (const [name, kind] of Object.entries(kinds)) {
    const value = Object.hasOwn(input, name) ? input[name] : undefined;
    if (value === undefined || value === null) continue;
    if (!isOf[kind](value)) throw badRequest(`Invalid value for ${name}`);
    found[name] = value;
  }
  return found;
}

/** Throws BadRequestException. */
export function textOf(input: Input, name: string): string {
  const value = input[name];
  if (typeof value === 'string' && value !== '') return value;
  throw badRequest(`Missing required parameter: ${name}`);
}

export function tagsOf(input: Input): Record<string, string> {
  return (pick(input, { tags: 'map' })['tags'] ?? {}) as Record<string, string>;
}

const isOf: Record<Kind, (value: JsonValue) => boolean> = {
  text: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number',
  flag: (value) => typeof value === 'boolean',
  texts: (value) => Array.isArray(value) && value.every((one) => typeof one === 'string'),
  map: (value) => isObject(value) && Object.values(value as Input).every((one) => typeof one === 'string'),
  object: isObject,
};

function isObject(value: JsonValue): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
