import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { readSource } from '../../src/frameworks/node/source-facts.ts';
import { tokensOf } from '../../src/frameworks/node/tokens.ts';

const made = (source: string): string[] =>
  readSource(source).creations.map(({ framework, line }) => `${framework.id}:${line}`);

describe('an app is made by', () => {
  it.each([
    ["const e = require('express'); const app = e();", 'express:1'],
    ["var http = require('http'), express = require('express'),\n  app = express();", 'express:2'],
    ["const app = require('express')();", 'express:1'],
    ["import e from 'express';\nexport default e();", 'express:2'],
    ["import * as express from 'express';\nconst app: express.Express = express();", 'express:2'],
    ["import express = require('express');\nconst app = express();", 'express:2'],
    ["import type { A } from 'x';\nimport express from 'express'\nconst app = express()", 'express:3'],
    ["const { default: express } = await import('express');\nexpress();", 'express:2'],
    ["const express = (await import('express')).default;\nexpress();", 'express:2'],
    ['const e = __importDefault(require("express"));\n(0, e.default)();', 'express:2'],
    [
      "const tslib_1 = require('tslib');\nconst k = tslib_1.__importDefault(require('koa'));\nnew k.default();",
      'koa:3',
    ],
    ["import Koa from 'koa';\nconst app = new Koa;", 'koa:2'],
    ["const app = new (require('koa'))();", 'koa:1'],
    ["import { fastify as f } from 'fastify';\nf({ logger: true });", 'fastify:2'],
    ["const app = require('fastify').default({});", 'fastify:1'],
    ["import { Hono } from 'hono';\nnew Hono<{ Variables: Map<string, Array<number>> }>();", 'hono:2'],
    ["import { NestFactory } from '@nestjs/core';\nawait NestFactory.create<App>(Module);", 'nest:2'],
    ["const core_1 = require('@nestjs/core');\ncore_1.NestFactory.create(M);", 'nest:2'],
    ["const { createServer: make } = require('node:http');\nmake((a, b) => b.end());", 'node-http:2'],
    ["const http = require('http');\nnew http.Server(app);", 'node-http:2'],
    ["require('http').createServer().listen(1);", 'node-http:1'],
    ["require('polka')().listen(1);", 'polka:1'],
  ])('%s', (source, expected) => {
    expect(made(source).join()).toBe(expected);
  });

  it.each([
    ["// const app = require('express')();"],
    ["const text = `require('express')()`;"],
    ["const express = require('express'); const router = express.Router(); express.json();"],
    ["import type express from 'express'; express();"],
    ["import { type Hono } from 'hono'; new Hono();"],
    ["import express from './express'; express();"],
    ["const express = require('express'); other.express();"],
    ["import { NestFactory } from '@nestjs/core'; NestFactory.createApplicationContext(M);"],
    ['createServer(); express();'],
    ["require('constructor')(); require('__proto__')();"],
    ["const make = require('debug')('express'); make();"],
  ])('not by %s', (source) => {
    expect(made(source)).toEqual([]);
  });
});

describe('an app is exported by', () => {
  const make = "const express = require('express'); const app = express();\n";

  it.each([
    'module.exports = app;',
    'exports = module.exports = app;',
    'exports.app = app;',
    'module.exports = { app, other };',
    'export default app;',
    'export { app };',
    'export { app as default };',
    'export default { port: 1, fetch: app.fetch };',
  ])('%s', (text) => {
    expect(readSource(make + text).exportsApp).toBe(true);
  });

  it.each([
    'module.exports = other;',
    'module.exports = () => app;',
    'exports.application = app;',
    'function f() { return app; }',
    '// module.exports = app;',
  ])('not by %s', (text) => {
    expect(readSource(make + text).exportsApp).toBe(false);
  });

  it('its declaration, and passing on', () => {
    expect(readSource("import e from 'express'; export const app: e.Express = e();").exportsApp).toBe(true);
    expect(readSource("export { default } from './app.js';").passesOn).toEqual(['./app.js']);
    expect(readSource("import app from './app.js'; export default app;").passesOn).toEqual(['./app.js']);
  });
});

describe('a source', () => {
  it('shows its local imports, with types and packages left out', () => {
    const source = [
      "import './a.js'; import b from '../b.js';",
      "import type { C } from './c.js';",
      "export * from './d.js';",
      "const e = cond ? require('./e') : import('./f');",
      "require(`./g`); require(name); require('express');",
    ].join('\n');
    expect(readSource(source).localImports.map(({ specifier, line }) => `${specifier}:${line}`)).toEqual([
      './a.js:1',
      '../b.js:1',
      './d.js:3',
      './e:4',
      './f:4',
      './g:5',
    ]);
  });

  it('listens', () => {
    expect(readSource('\napp\n  .listen(3000)').listens).toBe(3);
    expect(readSource("import { serve } from '@hono/node-server';\nserve(app);").listens).toBe(2);
    expect(readSource("listen(3000); 'app.listen()'; a.listening();").listens).toBeUndefined();
  });

  it('exports handlers in every form', () => {
    for (const text of [
      'exports.handler = h;',
      'module.exports.handler = h;',
      'module.exports = { handler: async () => 1 };',
      'module.exports = { other: { x: 1 }, async handler(event) {} };',
      'export const handler = h;',
      'export async function handler(event) {}',
      'export { other as handler };',
    ]) {
      expect(readSource(text).exports.map(({ name }) => name)).toContain('handler');
    }
  });

  it('keeps its line numbers over comments, templates and every line ending', () => {
    const source = "/*\r\n*/ const t = `a\n${1}b\n`;\r'x\\\ny';\nlast";
    expect(tokensOf(source).at(-1)).toEqual({ kind: 'name', text: 'last', line: 7 });
  });

  it('of any text is read without an error', () => {
    const pieces = fc.constantFrom(
      'import',
      'export',
      'require',
      '(',
      ')',
      '{',
      '}',
      "'express'",
      "'./a'",
      ',',
      '=',
      'new',
      'from',
      '*',
      'as',
      'default',
      'module',
      '.',
      'exports',
      '<',
      '>',
      '`',
      '${',
      'const',
      'app',
      '\n',
      ':',
      'await',
      '0',
      'type',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 40 }), (words) => {
        expect(readSource(words.join(' ')).creations.length).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 500 },
    );
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(readSource(text).passesOn.length).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});
