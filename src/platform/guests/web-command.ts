import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { RopewayError } from '../../lib/errors.ts';
import { pythonFor } from './interpreters.ts';

/** `/var/lang/python310/bin/python3.10`, `/var/lang/node18/bin/node` (SCF, doc 583/56123). */
const INTERPRETER = /\/var\/lang\/(?:python(\d)(\d{1,2})|node\d+)\/bin\/(?:python[\d.]*|node)/g;

/**
 * How this machine starts a web function of SCF: its `scf_bootstrap` with the interpreters of this machine, and with the port that it is given in the place of the
 * cloud's. The package itself stays as it is. Throws WEB_BOOTSTRAP with what the cloud would refuse.
 */
export function webCommand(root: string, file: string, port: number): string {
  const path = join(root, file);
  const script = readScript(path, file)
    .replaceAll(INTERPRETER, (_, major?: string, minor?: string) =>
      quoted(major === undefined ? process.execPath : pythonFor(`${major}.${minor}`).path),
    )
    .replaceAll(new RegExp(String.raw`(?<![\w.:-])${port}\b|(?<=[0-9]:)${port}\b`, 'g'), '$PORT');
  // $0 is what it is in the cloud: the file in the package.
  return `exec /bin/bash -c ${quoted(script)} ${quoted(path)}`;
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
