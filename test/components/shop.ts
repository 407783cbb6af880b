import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach } from 'vitest';

import { deployAll } from '../../src/components/engine/deploy.ts';
import { removeRecords } from '../../src/components/engine/remove.ts';
import { type FolderStore, openStateStore, type StateStore } from '../../src/components/state/store.ts';
import { engineOptions, entry, memoryWorkshop, type MemoryTarget, type Told } from './fakes.ts';

export let root: string;
export let store: FolderStore;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'ropeway-engine-'));
  for (const folder of ['api', 'admin', 'site', 'jobs']) mkdirSync(join(root, folder));
  store = openStateStore({ root, project: 'shop', target: 'local', stage: 'dev' });
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

export const shop = [
  entry('api', 'flask', { src: './api', env: { TOKEN: 's3cret' } }),
  entry('admin', '@serverless/tencent-django', { code: './admin', functionName: 'backoffice' }),
  entry('jobs', 'function', { src: './jobs', handler: 'index.main_handler', env: { API: '${api.url}' } }),
  entry('site', 'static', { src: './site', env: { API_URL: '${api.url}', ADMIN_URL: '${admin.url}' } }),
];

export async function deploy(
  target: MemoryTarget,
  entries = shop,
  sources: Record<string, string> = { admin: 'django: mysite' },
  more: { only?: string; removeGone?: boolean; store?: StateStore } = {},
): Promise<Told & { gone: string[]; built: string[] }> {
  const workshop = memoryWorkshop(sources);
  const { options, told } = engineOptions({
    root,
    entries,
    store: more.store ?? store,
    provider: target.provider,
    workshop,
  });
  const { gone } = await deployAll({ ...options, only: more.only, removeGone: more.removeGone ?? false });
  return { ...told, gone, built: workshop.built };
}

export async function remove(target: MemoryTarget, entries = shop, aliases?: string[]): Promise<Told> {
  const { options, told } = engineOptions({
    root,
    entries,
    store,
    provider: target.provider,
    workshop: memoryWorkshop({}),
  });
  const all = store.list().flatMap(({ id }) => (id.includes('.') ? [] : [id]));
  await removeRecords({ ...options, aliases: aliases ?? all });
  return told;
}
