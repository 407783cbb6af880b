import path from 'node:path';

import { resolveSource } from './resolve.ts';

/** The file that a missing `script` (absolute) will most likely be once it is built. */
export function expectedOutput(script: string): string {
  if (/\.[mc]?js$/.test(script)) return script;
  return /^(\.output|build|dist|lib|out|output)$/.test(path.basename(script))
    ? path.join(script, 'index.js')
    : `${script}.js`;
}

/** The source that `output` is compiled from: `dist/a.js` from `src/a.ts` or `a.ts`. */
export function sourceOfOutput(dir: string, output: string): string | undefined {
  const [folder, ...rest] = path.relative(dir, output).split(path.sep);
  if (folder === undefined || rest.length === 0) return undefined;
  const inside = rest[0] === 'src' ? rest.slice(1) : rest;
  return [path.join(dir, 'src', ...inside), path.join(dir, ...inside)]
    .map(resolveSource)
    .find((file) => file !== undefined);
}
