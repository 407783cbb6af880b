import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach } from 'vitest';

import { deployAll } from '../../src/components/engine/deploy.ts';
import { openStateStore } from '../../src/components/state/store.ts';
import type { FunctionDeployment } from '../../src/providers/types.ts';
import { engineOptions, entry, memoryTarget, memoryWorkshop } from './fakes.ts';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'ropeway-old-'));
  for (const folder of ['code', 'dist']) mkdirSync(join(root, folder));
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

/** Deploys one component, and what it needs, into memory. */
export async function deployOne(component: string, inputs: Record<string, unknown>, framework = 'flask') {
  const target = memoryTarget();
  const workshop = memoryWorkshop({ '': `${framework}: an app` });
  const finds: string[] = [];
  const { find } = workshop;
  workshop.find = async (wish) => {
    finds.push(JSON.stringify({ ...wish, dir: wish.dir.slice(root.length) }));
    return find(wish);
  };
  const { options, told } = engineOptions({
    root,
    entries: [entry('mine', component, inputs)],
    store: openStateStore({ root, project: 'shop', target: 'local', stage: 'dev' }),
    provider: target.provider,
    workshop,
  });
  await deployAll({ ...options, removeGone: false });
  if (told.failed['mine'] !== undefined) throw told.failed['mine'] as Error;
  const [[name, fn] = []] = [...target.functions];
  return {
    name,
    fn: fn?.versions[0] as FunctionDeployment,
    wish: JSON.parse(finds[0] ?? '{}') as Record<string, unknown>,
    notes: told.notes,
    outputs: told.outputs['mine']!,
    target,
    workshop,
  };
}
