import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { callVerb } from '../../src/components/engine/call-verb.ts';
import { engineOptions, entry, memoryTarget, memoryWorkshop } from './fakes.ts';
import { deploy, remove, root, store } from './shop.ts';

describe('components of one’s own', () => {
  const write = (text: string): void => {
    mkdirSync(join(root, 'mine'), { recursive: true });
    writeFileSync(join(root, 'mine', 'package.json'), '{"type": "module"}');
    writeFileSync(join(root, 'mine', 'index.js'), text);
  };

  test('load built-in ones, keep a state, have verbs, and are removed with what they loaded', async () => {
    write(`
      export default class Mine {
        constructor(id, context, host) { Object.assign(this, { id, context, host, state: {} }); }
        async default({ greeting }) {
          const web = await this.host.load(this.id, 'flask', 'app');
          const { url } = await web({ src: './api', env: { GREETING: greeting } });
          this.state.count = (this.state.count ?? 0) + 1;
          return { url };
        }
        async remove() { await this.host.removeLoaded(this.id); }
        async tell() { return 'deployed ' + this.state.count; }
        plan() { return undefined; }
      }`);
    const target = memoryTarget();
    const mine = [entry('mine', './mine', { greeting: 'Ahoy' })];
    expect((await deploy(target, mine)).outputs['mine']).toEqual({ url: 'http://memory/' });
    await deploy(target, mine);
    const { options } = engineOptions({
      root,
      entries: mine,
      store,
      provider: target.provider,
      workshop: memoryWorkshop({}),
    });
    expect(await callVerb(options, 'mine', 'tell', {})).toBe('deployed 2');
    expect(target.functions.get('shop-mine-app')!.versions[0]!.env).toEqual({ GREETING: 'Ahoy' });
    await remove(target, mine);
    expect([target.functions.size, store.list()]).toEqual([0, []]);
  });

  test('secret outputs reach who refers to them, and are neither shown nor kept', async () => {
    write(`
      export default class Mine {
        static secrets = ['password'];
        constructor(id, context, host) { Object.assign(this, { id, context, host, state: {} }); }
        default() { return { user: 'ada', password: 'hunter2' }; }
        remove() {}
        plan() { return undefined; }
      }`);
    const target = memoryTarget();
    const { outputs } = await deploy(target, [
      entry('mine', './mine'),
      entry('api', 'flask', { src: './api', env: { PASSWORD: '${mine.password}' } }),
      entry('other', './mine', { key: '${mine.password}' }),
    ]);
    expect(target.functions.get('shop-api')!.versions[0]!.env).toEqual({ PASSWORD: 'hunter2' });
    expect(store.read('mine')!.outputs).toEqual({ user: 'ada' });
    expect(JSON.stringify(store.list())).not.toContain('hunter2');
    expect(outputs['mine']).toEqual({ user: 'ada', password: 'hunter2' });
  });

  test.each([
    ['export const x = 1;', 'The component ./mine exports no component.'],
    ['throw new Error("oh");', 'The component ./mine cannot be loaded: oh'],
  ])('what is none is told: %s', async (text, message) => {
    write(text);
    await expect(deploy(memoryTarget(), [entry('mine', './mine')])).rejects.toMatchObject({
      code: 'COMPONENT',
      message,
    });
  });

  test('a name that nobody has', async () => {
    await expect(deploy(memoryTarget(), [entry('mine', 'flaks')])).rejects.toMatchObject({
      code: 'NO_SUCH_COMPONENT',
      fix: 'did you mean `flask`?',
    });
  });
});
