import type { ApiAnswer } from '../../server.ts';
import type { Store } from '../../store.ts';
import type { AwsContext } from '../context.ts';
import { AwsError, type AwsCall } from '../service.ts';
import type { Books, Fn, Revision } from './books.ts';
import type { Calls } from './running.ts';
import { functionArn, functionKey, functionRef, type FunctionRef } from './names.ts';
import type { Urls } from './urls.ts';
import type { Zips } from './zips.ts';

/** What every operation of Lambda works with. */
export interface Desk {
  context: AwsContext;
  store: Store<Books>;
  zips: Zips;
  calls: Calls;
  urls: Urls;
}

/** A call with what stands in its path and body. */
export interface LambdaCall extends AwsCall {
  /** Values of the path, decoded. */
  values: Record<string, string>;
  input: Record<string, unknown>;
}

export type Operation = (desk: Desk, call: LambdaCall) => Promise<ApiAnswer> | ApiAnswer;

export function json(status: number, value: unknown, headers: Record<string, string> = {}): ApiAnswer {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(value) };
}

export function nothing(status = 204): ApiAnswer {
  return { status, headers: {}, body: '' };
}

/** Which function a path or query names. */
export function refOf({ values, parameters, region }: LambdaCall): FunctionRef {
  return functionRef(values['name']!, region, parameters.get('Qualifier'));
}

/** Throws ResourceNotFoundException. */
export function findFunction({ functions }: Books, ref: FunctionRef): Fn {
  const fn = functions[functionKey(ref)];
  if (fn !== undefined) return fn;
  throw notFound(`Function not found: ${functionArn(ref, ref.qualifier)}`);
}

/** The revision that a qualifier names; an alias leads to its version. Throws ResourceNotFoundException. */
export function findRevision(fn: Fn, qualifier: string): Revision {
  if (qualifier === '' || qualifier === '$LATEST') return fn.latest;
  const version = fn.aliases[qualifier]?.version ?? qualifier;
  const found = version === '$LATEST' ? fn.latest : fn.versions.find((one) => one.version === version);
  if (found !== undefined) return found;
  throw notFound(`Function not found: ${functionArn(fn, qualifier)}`);
}

export function notFound(message: string): AwsError {
  return new AwsError(404, 'ResourceNotFoundException', message, { Type: 'User' });
}

export function invalid(message: string): AwsError {
  return new AwsError(400, 'InvalidParameterValueException', message, { Type: 'User' });
}

export function conflict(message: string): AwsError {
  return new AwsError(409, 'ResourceConflictException', message, { Type: 'User' });
}

/** The books with another form of a function. */
export function withFunction(books: Books, fn: Fn): Books {
  return { ...books, functions: { ...books.functions, [functionKey(fn)]: fn } };
}

/** Changes one function; what `make` throws leaves it as it was. */
export function changeFunction<R>(
  { store }: Desk,
  ref: FunctionRef,
  make: (fn: Fn) => { fn: Fn; result: R },
): Promise<R> {
  return store.change((books) => {
    const { fn, result } = make(findFunction(books, ref));
    return { value: withFunction(books, fn), result };
  });
}

/** A part of a list: `Marker` is where it goes on. */
export function page<T>(
  all: readonly T[],
  parameters: URLSearchParams,
  key: string,
): { items: T[]; more: { [key: string]: string } } {
  const from = Number(parameters.get('Marker') ?? '0') || 0;
  const most = Math.min(Number(parameters.get('MaxItems') ?? '50') || 50, 10_000);
  const end = from + most;
  return { items: all.slice(from, end), more: end < all.length ? { [key]: String(end) } : {} };
}
