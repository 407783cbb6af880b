import { pythonApp } from '../python/candidate.ts';
import type { FileFacts } from '../python/facts.ts';
import type { Found } from '../python/from-sources.ts';

const NAMES = new Set(['main_handler', 'lambda_handler', 'handler']);
const FILES = /(^|\/)(index|main|app|handler|function|lambda_function|lambda_handler)\.py$/;

/** Bare Python handlers: `def main_handler(event, context)` in a file that clouds look into. */
export function handlerCandidates(dir: string, facts: FileFacts): Found[] {
  if (!FILES.test(facts.file)) return [];
  return facts.functions.flatMap((one) => {
    if (!NAMES.has(one.name) || one.params.length < 2 || one.required > 2) return [];
    const parts = { framework: 'handler', title: 'bare Python handler', interface: 'handler' } as const;
    const app = pythonApp({ dir, facts, ...parts, attribute: one.name, place: one });
    return [{ app, identity: `${facts.file}.${one.name}`, factory: undefined }];
  });
}
