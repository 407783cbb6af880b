import type { JsonObject, JsonValue } from '../../events/types.ts';
import { TencentError } from './service.ts';

/** Undefined: not given. Numbers as texts, since old clients send nothing but texts. */
export function optionalText(parameters: JsonObject, name: string): string | undefined {
  const value = parameters[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'object') {
    throw new TencentError('InvalidParameter', `The value type of parameter \`${name}\` is not valid.`);
  }
  return String(value);
}

/** Throws MissingParameter. */
export function text(parameters: JsonObject, name: string): string {
  const value = optionalText(parameters, name);
  if (value === undefined || value === '') {
    throw new TencentError('MissingParameter', `The request is missing a required parameter \`${name}\`.`);
  }
  return value;
}

/** Throws InvalidParameterValue. */
export function wholeNumber(parameters: JsonObject, name: string, fallback: number): number {
  const value = optionalText(parameters, name);
  if (value === undefined || value === '') return fallback;
  if (/^-?\d{1,15}$/.test(value)) return Number(value);
  throw new TencentError('InvalidParameterValue', `The value of parameter \`${name}\` is not a number.`);
}

/** `TRUE` of old clients is true. */
export function flag(parameters: JsonObject, name: string, fallback = false): boolean {
  const value = optionalText(parameters, name);
  return value === undefined || value === '' ? fallback : value.toLowerCase() === 'true' || value === '1';
}

/** Texts of a list; a single one is a list of one. */
export function texts(parameters: JsonObject, name: string): string[] {
  return list(parameters[name]).map((value) => String(value));
}

export function objects(parameters: JsonObject, name: string): JsonObject[] {
  return list(parameters[name]).filter(
    (value): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value),
  );
}

function list(value: JsonValue | undefined): JsonValue[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

/** `Offset` and `Limit` of lists. */
export function page<Item>(items: readonly Item[], parameters: JsonObject, most = 20): Item[] {
  const offset = wholeNumber(parameters, 'Offset', 0);
  return items.slice(offset, offset + wholeNumber(parameters, 'Limit', most));
}

/** `Page`, from 1 on, and `Rp`, rows of one. */
export function numberedPage<Item>(items: readonly Item[], parameters: JsonObject, most = 20): Item[] {
  const rows = wholeNumber(parameters, 'Rp', most);
  const first = (wholeNumber(parameters, 'Page', 1) - 1) * rows;
  return items.slice(first, first + rows);
}

/** `2026-11-24 02:13:05` */
export function cloudTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 19).replace('T', ' ');
}

/** Actions by their names; what they return stands in `Response`. */
export type Actions = Record<string, (parameters: JsonObject) => JsonObject | Promise<JsonObject>>;

/** Throws InvalidAction. */
export async function runAction(
  actions: Actions,
  action: string,
  parameters: JsonObject,
): Promise<JsonObject> {
  const run = Object.hasOwn(actions, action) ? actions[action] : undefined;
  if (run === undefined) throw new TencentError('InvalidAction', `The action \`${action}\` is not emulated.`);
  return run(parameters);
}
