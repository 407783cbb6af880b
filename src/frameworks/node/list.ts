import { express } from '../express/index.ts';
import { fastify } from '../fastify/index.ts';
import { hono } from '../hono/index.ts';
import { koa } from '../koa/index.ts';
import { nest } from '../nest/index.ts';
import { nodeHttp } from '../node-http/index.ts';
import type { NodeFramework } from './framework.ts';

/** Frameworks whose apps end in an `http.Server` and that need nothing more than their name. */
const smaller: NodeFramework[] = [
  { id: 'connect', title: 'Connect', makes: { connect: ['default'] } },
  { id: 'polka', title: 'Polka', makes: { polka: ['default'] } },
  { id: 'restify', title: 'Restify', makes: { restify: ['createServer'] } },
  { id: 'json-server', title: 'json-server', makes: { 'json-server': ['create'] } },
];

/** Every Node framework that is recognised in sources. */
export const nodeFrameworks: NodeFramework[] = [express, koa, fastify, hono, nest, ...smaller, nodeHttp];

/** The framework that `path` of `packageName` makes an app of, if any. */
export function frameworkMadeBy(packageName: string, path: string): NodeFramework | undefined {
  return nodeFrameworks.find(({ makes }) => names(makes, packageName, path));
}

/** Whether calling `path` of `packageName` starts a server, as `serve` of `@hono/node-server` does. */
export function startsServer(packageName: string, path: string): boolean {
  return nodeFrameworks.some(({ serves }) => serves !== undefined && names(serves, packageName, path));
}

/** Whether `framework` only carries another one when both are found. */
export function isPlainServer(framework: NodeFramework): boolean {
  return framework === nodeHttp;
}

function names(exports: Record<string, string[]>, packageName: string, path: string): boolean {
  return Object.hasOwn(exports, packageName) && exports[packageName]?.includes(path) === true;
}
