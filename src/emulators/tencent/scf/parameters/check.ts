import type { JsonObject, JsonValue } from '../../../../events/types.ts';
import { type ActionCall, TencentError } from '../../service.ts';
import { missing } from '../../signing/refusal.ts';
import { OBJECTS } from './objects.ts';
import { REQUESTS } from './requests.ts';

interface Field {
  name: string;
  required: boolean;
  /** `text`, `int`, `float`, `bool`, or the name of an object. */
  kind: string;
  isList: boolean;
}

const fields = new Map<string, Field[]>();

/**
 * The parameters of a call as the action takes them: numbers are numbers even when a form has them as texts, and nothing is null.
 * Throws `TencentError`: MissingParameter, UnknownParameter, InvalidParameter.
 */
export function checkParameters({ action, parameters, isForm = false }: ActionCall): JsonObject {
  return checkObject(parameters, fieldsOf(REQUESTS[action]!), { path: '', isForm });
}

interface Where {
  path: string;
  isForm: boolean;
}

function checkObject(given: JsonObject, known: Field[], where: Where): JsonObject {
  const names = new Set(known.map(({ name }) => name));
  for (const name of Object.keys(given))
    if (!names.has(name))
      throw new TencentError('UnknownParameter', `The parameter \`${where.path}${name}\` is not recognized.`);
  const checked: JsonObject = {};
  for (const field of known) {
    const value = given[field.name];
    if (value !== undefined && value !== null)
      checked[field.name] = checkValue(value, field, { ...where, path: `${where.path}${field.name}` });
    else if (field.required) throw missing(`${where.path}${field.name}`);
  }
  return checked;
}

function checkValue(value: JsonValue, field: Field, where: Where): JsonValue {
  if (!field.isList) return checkOne(value, field.kind, where);
  // An empty list has no form; clients send an empty text for it.
  if (where.isForm && value === '') return [];
  if (!Array.isArray(value)) throw wrongType(where, 'list', value);
  return value.map((item, index) => checkOne(item, field.kind, { ...where, path: `${where.path}.${index}` }));
}

function checkOne(value: JsonValue, kind: string, where: Where): JsonValue {
  if (kind === 'text') {
    if (typeof value !== 'string') throw wrongType(where, 'string', value);
    return value;
  }
  if (kind === 'int' || kind === 'float') return checkNumber(value, kind, where);
  if (kind === 'bool') return checkTruth(value, where);
  if (where.isForm && value === '') return {};
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw wrongType(where, 'object', value);
  return checkObject(value, fieldsOf(OBJECTS[kind]!), { ...where, path: `${where.path}.` });
}

function checkNumber(value: JsonValue, kind: 'int' | 'float', where: Where): number {
  const number = where.isForm && typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isFinite(number) || (kind === 'int' && !Number.isInteger(number)))
    throw wrongType(where, kind, value);
  return number;
}

function checkTruth(value: JsonValue, where: Where): boolean {
  if (typeof value === 'boolean') return value;
  if (where.isForm && (value === 'true' || value === 'false')) return value === 'true';
  throw wrongType(where, 'bool', value);
}

function wrongType({ path }: Where, expected: string, value: JsonValue): TencentError {
  const got = Array.isArray(value) ? 'list' : value === null ? 'null' : typeof value;
  return new TencentError(
    'InvalidParameter',
    `The type of the parameter \`${path}\` is not valid: expected ${expected}, got ${got}.`,
  );
}

function fieldsOf(text: string): Field[] {
  const known = fields.get(text);
  if (known !== undefined) return known;
  const read = text.split(/\s+/).filter(Boolean).map(readField);
  fields.set(text, read);
  return read;
}

/** `Layers!:[LayerVersionSimple]` */
function readField(word: string): Field {
  const [, name, mark, list, kind = 'text'] = /^(\w+)(!?)(?::(\[?)(\w+)\]?)?$/.exec(word) as unknown as [
    string,
    string,
    string,
    string | undefined,
    string | undefined,
  ];
  return { name, required: mark === '!', kind, isList: list === '[' };
}
