// Calls a handler as a cloud does: `call.mjs file.attribute`, events as lines of JSON on stdin, results as lines on stdout.
import { existsSync, writeSync } from 'node:fs';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

const [, , named] = process.argv;
const dot = named.lastIndexOf('.');
const file = ['.js', '.mjs', '.cjs']
  .map((ending) => resolve(named.slice(0, dot) + ending))
  .find((path) => existsSync(path));
const loaded = await import(pathToFileURL(file).href);
const handler = loaded[named.slice(dot + 1)] ?? loaded.default[named.slice(dot + 1)];
for await (const line of createInterface(process.stdin))
  writeSync(3, `${JSON.stringify(await handler(JSON.parse(line), { awsRequestId: 'id' }))}\n`);
process.exit(0);
