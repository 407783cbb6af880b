import type { Channel } from './channel.ts';
import type { LoadedComponent } from './core-shim.ts';
import type { Instance } from './instance.ts';

/** Nobody means a component's method by these: `await` and printing ask for them. */
const NOT_METHODS = new Set(['then', 'catch', 'finally', 'toJSON', 'inspect', 'prototype']);

/** A child that the parent has itself: looks like a loaded component, and every call goes to the parent. */
export function providedChild(
  name: string,
  id: string,
  instance: Instance,
  channel: Channel,
): Promise<LoadedComponent> {
  const call = async (method: string, inputs: unknown): Promise<unknown> => {
    const outputs = await channel.ask({ ask: 'provided', name, id, method, inputs });
    members['state'] = await instance.readState(id);
    return outputs;
  };
  const members: Record<string, unknown> = {
    id,
    state: {},
    context: { instance, credentials: instance.credentials },
    async init() {
      members['state'] = await instance.readState(id);
    },
    save: () => instance.writeState(id, members['state']),
  };
  const target = ((inputs: unknown) => call('default', inputs)) as LoadedComponent;
  const child = new Proxy(target, {
    get(_target, key) {
      if (typeof key === 'symbol' || NOT_METHODS.has(key)) return Reflect.get(target, key) as unknown;
      if (key in members) return members[key];
      return (inputs: unknown) => call(key, inputs);
    },
    set(_target, key, value) {
      if (typeof key === 'symbol') return false;
      members[key] = value;
      return true;
    },
  });
  return child.init().then(() => child);
}
