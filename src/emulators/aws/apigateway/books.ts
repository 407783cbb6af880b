import { randomInt } from 'node:crypto';

import { AwsError } from '../service.ts';
import type { Input } from './input.ts';

/** What API Gateway has been told. */
export interface Books {
  /** By id. */
  apis: Record<string, Api>;
}

export const NO_BOOKS: Books = { apis: {} };

export interface Api {
  id: string;
  region: string;
  /** Of its address. */
  port: number;
  createdAt: string;
  /** As the API writes them: `name`, `corsConfiguration`, `description`… */
  settings: Input;
  tags: Record<string, string>;
  integrations: Record<string, Resource>;
  routes: Record<string, Resource>;
  /** By name. */
  stages: Record<string, Resource & { tags: Record<string, string> }>;
  deployments: Record<string, Deployment>;
}

/** As the API writes it, its id among it. */
export type Resource = Input;

/** What stages without AutoDeploy serve. */
export interface Deployment {
  createdAt: string;
  description?: string;
  routes: Record<string, Resource>;
  integrations: Record<string, Resource>;
}

/** `a1b2c3d4e5` */
export function newId(length = 7): string {
  const letters = 'abcdefghijklmnopqrstuvwxyz0123456789';
  return Array.from({ length }, () => letters[randomInt(letters.length)]).join('');
}

/** Throws NotFoundException. */
export function findApi({ apis }: Books, region: string, id: string): Api {
  const api = Object.hasOwn(apis, id) ? apis[id] : undefined;
  if (api?.region === region) return api;
  throw notFound('API', id);
}

/** Throws NotFoundException. `kind`: `Route` */
export function findIn<T>(all: Record<string, T>, kind: string, id: string): T {
  if (Object.hasOwn(all, id)) return all[id]!;
  throw notFound(kind, id);
}

export function notFound(kind: string, id: string): AwsError {
  return new AwsError(404, 'NotFoundException', `Invalid ${kind} identifier specified ${id}`, {
    resourceType: kind,
  });
}

export function badRequest(message: string): AwsError {
  return new AwsError(400, 'BadRequestException', message);
}

export function conflict(message: string): AwsError {
  return new AwsError(409, 'ConflictException', message);
}
