import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { RopewayError } from '../../lib/errors.ts';
import type { CommandEntry } from '../../runtimes/entry.ts';
import { pythonFor } from './interpreters.ts';

/** `/var/lang/python310/bin/python3.10`, `/var/lang/node18/bin/node` (SCF, doc 583/56123). */
const INTERPRETER = /\/var\/lang\/(?:python(\d)(\d{1,2})|node\d+)\/bin\/(?:python[\d.]*|node)/g;

/** `#!/bin/bash`, `#! /usr/bin/env node` */
const SHEBANG = /^#! *(\S.*)\n/;
/** A path of a layer as a word, or behind `=`, `:` or a quote. */
const LAYER_PATH = /(?<![\w./-])\/opt(\/[^\s'":;]*)?(?![\w.-])/g;

/**
 * How this machine starts a web function of SCF: its `scf_bootstrap` with the interpreters of this machine, with the folders of its layers in the
 * place of `/opt`, and with the port that it is given in the place of the cloud's. The package itself stays as it is. Throws WEB_BOOTSTRAP with
 * what the cloud would refuse.
 */
export function webEntry(root: string, file: string, port: number, layers: string[]): CommandEntry {
  const path = join(root, file);
  const own = readScript(path, file);
  const script = withLayers(withInterpreters(own), layers);
  const interpreter = SHEBANG.exec(script)?.[1] ?? '/bin/bash';
  const web = { file, port };
  // In another language than the shell's nothing but the port in the variable PORT can be told it.
  if (!/\b(?:ba|da|a)?sh\b/.test(interpreter))
    return { runtime: 'command', root, command: `exec ${interpreter} ${quoted(path)}`, web };
  const ported = script.replaceAll(
    new RegExp(String.raw`(?<![\w.:-])${port}\b|(?<=[0-9]:)${port}\b`, 'g'),
    '$PORT',
  );
  // $0 is what it is in the cloud: the file in the package.
  return { runtime: 'command', root, command: `exec /bin/bash -c ${quoted(ported)} ${quoted(path)}`, web };
}

function withInterpreters(script: string): string {
  return script.replaceAll(INTERPRETER, (_, major?: string, minor?: string) =>
    quoted(major === undefined ? process.execPath : pythonFor(`${major}.${minor}`).path),
  );
}

/** A path leads to the first layer that has it; what none has stays as it is, unless there is but one. */
function withLayers(script: string, layers: string[]): string {
  return script.replaceAll(LAYER_PATH, (whole, rest: string = '') => {
    const layer = layers.length === 1 ? layers[0] : layers.find((one) => existsSync(join(one, rest)));
    return layer === undefined ? whole : `${layer}${rest}`;
  });
}

function readScript(path: string, file: string): string {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined || !found.isFile())
    throw refused(`${file} is not at the root of the package`, `put ${file} there`);
  if ((found.mode & 0o111) === 0)
    throw refused(`${file} may not be executed (permission denied)`, `chmod 755 ${file} before it is packed`);
  const script = readFileSync(path, 'utf8');
  if (script.includes('\r'))
    throw refused(`${file} has line ends of Windows: /bin/bash^M: bad interpreter`, 'write it with LF alone');
  return script;
}

function refused(message: string, fix: string): RopewayError {
  return new RopewayError({
    code: 'WEB_BOOTSTRAP',
    message: `The web function does not start: ${message}.`,
    fix,
  });
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
