import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';

import { packageRoot } from '../../lib/package-root.ts';
import type { NodeEntry } from '../../runtimes/entry.ts';
import type { PackFile } from '../files/pack-file.ts';
import { madeFile } from './made-file.ts';

/** Folder in a package that is ours. */
const OURS = '_ropeway';

/** The handler file, and the adapter that it calls. An ES module loads apps of both kinds. `streams`: its handler is `stream_handler`, for AWS. */
export function nodeHandler({ file, attribute, root }: NodeEntry, streams: boolean): PackFile[] {
  const entry = JSON.stringify({ root, file, ...(attribute === undefined ? {} : { attribute }) });
  const [make, name] = streams ? ['packagedStreamHandler', 'stream_handler'] : ['packagedHandler', 'handler'];
  return [
    madeFile(
      'ropeway_handler.mjs',
      `// Made by Ropeway.
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

import { ${make} } from './${OURS}/runtimes/node/function.js';

export const ${name} = await ${make}(${entry}, dirname(fileURLToPath(import.meta.url)));
${streams ? '' : 'export const main_handler = handler;\n'}`,
    ),
    ...adapterFiles(),
  ];
}

/** A module that leads `listen()` to the port of the cloud, whatever the app asks for. */
export function portModule(): PackFile[] {
  return [
    madeFile(
      `${OURS}/listen-on-port.cjs`,
      `// Made by Ropeway: loaded before the app, whose first HTTP server listens on $PORT on all addresses.
const { Server } = require('node:net');
const { Server: HttpServer } = require('node:http');

const { listen } = Server.prototype;
let isFirst = true;
Server.prototype.listen = function (...args) {
  if (!isFirst || !(this instanceof HttpServer)) return listen.apply(this, args);
  isFirst = false;
  const callback = args.reverse().find((one) => typeof one === 'function');
  return listen.call(this, { port: Number(process.env.PORT), host: '0.0.0.0' }, callback);
};
`,
    ),
  ];
}

/** The compiled adapter: `runtimes/node/function.js` and all that it imports of ours. */
function adapterFiles(): PackFile[] {
  const dist = join(packageRoot, 'dist');
  const found = new Map<string, Buffer>();
  const add = (name: string): void => {
    if (found.has(name)) return;
    const content = readFileSync(join(dist, name));
    found.set(name, content);
    for (const path of importsOf(content.toString('utf8'))) add(posix.join(posix.dirname(name), path));
  };
  add('runtimes/node/function.js');
  return [
    madeFile(`${OURS}/package.json`, '{"type": "module"}\n'),
    ...[...found].map(([name, content]) => madeFile(`${OURS}/${name}`, content)),
  ];
}

/** As the compiler writes them: `from './x.js'`, `import './x.js'`. */
function importsOf(source: string): string[] {
  return [...source.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*['"](\.[^'"]+\.js)['"]/g)].map(([, path]) => path!);
}
