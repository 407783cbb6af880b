import { randomBytes } from 'node:crypto';

import type { JsonObject } from '../../../events/types.ts';
import type { TencentContext } from '../context.ts';
import { TencentError } from '../service.ts';
import type { Listeners } from './listeners.ts';
import type { Api, ApiApp, ApiKey, Service, Told, UsagePlan } from './types.ts';

/** What actions work with. */
export interface Desk {
  context: TencentContext;
  books: Books;
  listeners: Listeners;
}

export interface Books {
  current(): Told;
  change<R>(make: (told: Told) => { told: Told; result: R }): Promise<R>;
  settled(): Promise<void>;
}

const EMPTY: Told = { services: [], apis: [], plans: [], keys: [], apps: [] };

export function openBooks(context: TencentContext): Books {
  const store = context.openStore<Told>('apigateway', EMPTY);
  return {
    current: () => store.current(),
    change: (make) =>
      store.change((value) => {
        const { told, result } = make(value);
        return { value: told, result };
      }),
    settled: () => store.settled(),
  };
}

/** Eight letters and digits behind the kind: `service-4r4xrrz4`. */
export function newId(kind: string): string {
  const bytes = [...randomBytes(8)];
  return `${kind}-${bytes.map((byte) => LETTERS[byte % LETTERS.length]).join('')}`;
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** Each throws ResourceNotFound.*, in words that old clients look for. */
export function serviceOf(told: Told, id: string): Service {
  return told.services.find((one) => one.id === id) ?? notFound('Service', 'service');
}

export function apiOf(told: Told, serviceId: string, id: string): Api {
  serviceOf(told, serviceId);
  return told.apis.find((one) => one.serviceId === serviceId && one.id === id) ?? notFound('Api', 'api');
}

export function planOf(told: Told, id: string): UsagePlan {
  return told.plans.find((one) => one.id === id) ?? notFound('UsagePlan', 'usage plan');
}

export function keyOf(told: Told, id: string): ApiKey {
  return told.keys.find((one) => one.id === id) ?? notFound('AccessKeyId', 'secret id');
}

export function appOf(told: Told, id: string): ApiApp {
  return told.apps.find((one) => one.id === id) ?? notFound('ApiApp', 'app');
}

function notFound(code: string, what: string): never {
  throw new TencentError(`ResourceNotFound.Invalid${code}`, `The ${what} does not exist.`);
}

/** The list with another one in the place of that with the same id. */
export function replaced<Item extends { id: string }>(items: Item[], item: Item): Item[] {
  return items.map((one) => (one.id === item.id ? item : one));
}

export function changeService(
  books: Books,
  id: string,
  make: (service: Service, told: Told) => Service,
): Promise<Service> {
  return books.change((told) => {
    const service = make(serviceOf(told, id), told);
    return { told: { ...told, services: replaced(told.services, service) }, result: service };
  });
}

/** Without what is about the call and not about the thing. */
export function settingsOf(parameters: JsonObject, left: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(parameters).filter(([name]) => !left.includes(name)));
}

/** `2026-11-24T02:13:05Z` */
export function isoTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d+Z$/, 'Z');
}
