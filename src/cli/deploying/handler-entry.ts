import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { RopewayError } from '../../lib/errors.ts';
import type { Entry } from '../../runtimes/entry.ts';

const NODE_ENDINGS = ['.js', '.mjs', '.cjs'];

/** What `index.main_handler` names in a folder, as SCF and Lambda read it. Throws HANDLER. */
export function handlerEntry(dir: string, handler: string): Entry {
  const dot = handler.lastIndexOf('.');
  const file = handler.slice(0, dot);
  const attribute = handler.slice(dot + 1);
  if (existsSync(join(dir, `${file}.py`))) {
    return {
      runtime: 'python',
      interface: 'handler',
      root: dir,
      from: { module: file.replaceAll('/', '.'), attribute, factory: false },
      env: {},
    };
  }
  const ending = NODE_ENDINGS.find((one) => existsSync(join(dir, file + one)));
  if (ending === undefined) {
    throw new RopewayError({
      code: 'HANDLER',
      message: `The file of the handler ${handler} is not there.`,
      expected: `${file}.py, ${NODE_ENDINGS.map((one) => file + one).join(', ')} in ${dir}`,
      fix: '`handler: file.function`: the file without its ending, a dot, and the name of the function in it',
    });
  }
  return {
    runtime: 'node',
    interface: 'handler',
    root: dir,
    file: join(dir, file + ending),
    attribute,
    nodeOptions: [],
  };
}
