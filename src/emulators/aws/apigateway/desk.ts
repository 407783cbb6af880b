import type { ApiAnswer } from '../../server.ts';
import type { Store } from '../../store.ts';
import type { AwsContext } from '../context.ts';
import type { AwsCall } from '../service.ts';
import { type Api, badRequest, type Books, findApi } from './books.ts';
import type { Input } from './input.ts';
import type { Listeners } from './listeners.ts';

/** What every operation of API Gateway works with. */
export interface Desk {
  context: AwsContext;
  store: Store<Books>;
  listeners: Listeners;
}

export interface GatewayCall extends AwsCall {
  /** Segments of the path that are ids, decoded. */
  ids: string[];
  input: Input;
}

/** One operation: `path` has `*` for ids. */
export interface Operation {
  name: string;
  method: string;
  path: string;
  run(desk: Desk, call: GatewayCall): Promise<ApiAnswer> | ApiAnswer;
}

export function json(status: number, value: unknown): ApiAnswer {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) };
}

export function nothing(): ApiAnswer {
  return { status: 204, headers: {}, body: '' };
}

export function apiOf({ store }: Desk, { region, ids }: GatewayCall): Api {
  return findApi(store.current(), region, ids[0]!);
}

/** Changes the API that a call names; what `make` throws leaves it as it was. */
export function changeApi<R>(
  { store }: Desk,
  { region, ids }: Pick<GatewayCall, 'region' | 'ids'>,
  make: (api: Api) => { api: Api; result: R },
): Promise<R> {
  return store.change((books) => {
    const { api, result } = make(findApi(books, region, ids[0]!));
    return { value: { ...books, apis: { ...books.apis, [api.id]: api } }, result };
  });
}

const MOST_ITEMS = 500;

/** A part of a list. Throws BadRequestException. */
export function listAnswer(items: readonly unknown[], { parameters }: GatewayCall): ApiAnswer {
  const most = Number(parameters.get('maxResults') ?? MOST_ITEMS);
  const token = parameters.get('nextToken');
  const from = token === null ? 0 : Number(Buffer.from(token, 'base64url').toString('utf8'));
  if (!Number.isInteger(most) || most < 1) throw badRequest('Invalid value for maxResults');
  if (!Number.isInteger(from)) throw badRequest('Invalid nextToken');
  const end = from + Math.min(most, MOST_ITEMS);
  return json(200, {
    items: items.slice(from, end),
    ...(end < items.length ? { nextToken: Buffer.from(String(end)).toString('base64url') } : {}),
  });
}

export function without<T>(all: Record<string, T>, key: string): Record<string, T> {
  const { [key]: _, ...rest } = all;
  return rest;
}

/** `2026-11-24T02:00:00Z` */
export function stamp({ context }: Desk): string {
  return new Date(context.now()).toISOString().replace(/\.\d+Z$/, 'Z');
}
