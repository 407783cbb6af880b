import type { ApiAnswer, ApiCall } from '../server.ts';
import { type AwsCall, AwsError } from './service.ts';

// The AWS JSON protocol of CloudWatch Logs and others: the operation stands in `X-Amz-Target`, input and output are JSON.

/** What a call brings; what is of another type is refused with SerializationException. */
export interface JsonInput {
  /** Throws InvalidParameterException when it is not there. */
  text(name: string): string;
  optional(name: string): string | undefined;
  number(name: string): number | undefined;
  /** False when it is not there. */
  flag(name: string): boolean;
  texts(name: string): string[] | undefined;
  objects(name: string): Record<string, unknown>[] | undefined;
}

/** Its answer, if it has any. */
export type JsonAction = (input: JsonInput, call: AwsCall) => Promise<object | void> | object | void;

/** The name of the operation, of those that there are. */
export function operationName(actions: object, { headers }: ApiCall): string | undefined {
  const name = String(headers['x-amz-target'] ?? '').split('.', 2)[1] ?? '';
  return Object.hasOwn(actions, name) ? name : undefined;
}

export async function runJson(actions: Record<string, JsonAction>, call: AwsCall): Promise<ApiAnswer> {
  const name = operationName(actions, call);
  if (name === undefined)
    throw new AwsError(
      400,
      'UnknownOperationException',
      `${String(call.headers['x-amz-target'])} is no operation that is emulated.`,
    );
  const result = await actions[name]!(readInput(call.body), call);
  return answer(200, result === undefined ? '' : JSON.stringify(result), call);
}

/** An error as the protocol writes it. */
export function jsonFailure({ status, code, message, more }: AwsError, call: ApiCall): ApiAnswer {
  return answer(status, JSON.stringify({ ...more, __type: code, message }), call);
}

function answer(status: number, body: string, { requestId }: ApiCall): ApiAnswer {
  return {
    status,
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': requestId },
    body,
  };
}

function readInput(body: Buffer): JsonInput {
  const value = parsed(body);
  const of = <T>(name: string, isIt: (one: unknown) => one is T): T | undefined => {
    const found = Object.hasOwn(value, name) ? value[name] : undefined;
    if (found === undefined || found === null) return undefined;
    if (isIt(found)) return found;
    throw new AwsError(400, 'SerializationException', `${name} has another type.`);
  };
  const isText = (one: unknown): one is string => typeof one === 'string';
  const isListOf =
    <T>(isItem: (one: unknown) => one is T) =>
    (list: unknown): list is T[] =>
      Array.isArray(list) && list.every(isItem);
  const optional = (name: string): string | undefined => of(name, isText);
  return {
    optional,
    text: (name) => {
      const found = optional(name);
      if (found !== undefined) return found;
      throw new AwsError(
        400,
        'InvalidParameterException',
        `1 validation error detected: Value null at '${name}' failed to satisfy constraint: Member must not be null`,
      );
    },
    number: (name) => of(name, (one) => typeof one === 'number'),
    flag: (name) => of(name, (one) => typeof one === 'boolean') ?? false,
    texts: (name) => of(name, isListOf(isText)),
    objects: (name) =>
      of(
        name,
        isListOf((one): one is Record<string, unknown> => typeof one === 'object' && one !== null),
      ),
  };
}

function parsed(body: Buffer): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body.toString('utf8') || '{}');
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>;
  } catch {
    // Said below.
  }
  throw new AwsError(400, 'SerializationException', 'The body is no JSON object.');
}
