import { RopewayError } from '../../lib/errors.ts';
import type { Component, ComponentClass, ComponentHost, LoadedComponent, Values } from '../component.ts';
import { checkInputs, type InputsPlace } from '../inputs.ts';
import type { StateStore } from '../state/store.ts';
import type { Change, ComponentContext } from '../types.ts';
import { nowhere } from './place.ts';
import { openRecord, type OpenRecord } from './records.ts';

export interface EngineOptions {
  store: StateStore;
  /** The class of a component by the name that a file or `load` gives it. Throws NO_SUCH_COMPONENT, COMPONENT. */
  classOf(name: string): Promise<ComponentClass>;
  /** What a component is given; `alias` is the one of the file that it is, or is a part of. */
  contextOf(alias: string): ComponentContext;
}

/** One component that is worked with, and those that it loads. */
export interface Part {
  record: OpenRecord;
  component: Component;
  type: ComponentClass;
}

/** Makes instances and keeps their records. */
export interface Host {
  part(id: string, name: string, place: InputsPlace): Promise<Part>;
  deploy(part: Part, inputs: Values, place: InputsPlace, dependsOn: string[]): Promise<Values>;
  plan(part: Part, inputs: Values, place: InputsPlace): Promise<Change[] | undefined>;
  /** With all that it has loaded; the record goes last. */
  remove(part: Part): Promise<void>;
  call(part: Part, verb: string, inputs: unknown): Promise<unknown>;
}

export function createHost(options: EngineOptions): Host {
  const { store } = options;
  const open = new Map<string, Part>();

  const part = async (id: string, name: string, place: InputsPlace): Promise<Part> => {
    const before = open.get(id);
    if (before !== undefined) return before;
    const type = await options.classOf(name);
    const record = openRecord(store, id, name, place.isSecret);
    const component = new type(id, options.contextOf(id.split('.', 1)[0]!), own);
    component.state = structuredClone(record.current().state);
    const made = { record, component, type };
    open.set(id, made);
    return made;
  };

  const deploy = async (
    one: Part,
    given: Values,
    place: InputsPlace,
    dependsOn: string[],
  ): Promise<Values> => {
    const { record, component, type } = one;
    const inputs = await checkInputs(type.inputs, given, place);
    await record.begin(record.current().component, given, dependsOn);
    try {
      const outputs = asOutputs((await component.default(inputs)) ?? {}, component.id);
      await record.change({
        status: 'deployed',
        state: toJson(component.state),
        outputs: withoutKeys(outputs, type.secrets ?? []),
      });
      return outputs;
    } catch (error) {
      await record.change({ status: 'failed', state: toJson(component.state) });
      throw error;
    }
  };

  const remove = async (one: Part): Promise<void> => {
    const { record, component } = one;
    if (record.current().status !== 'busy') await record.change({ status: 'busy' });
    await component.remove();
    // Its own removal may have left some of them to us.
    await own.removeLoaded(component.id);
    open.delete(component.id);
    await store.remove(component.id);
  };

  const call = async ({ component, record }: Part, verb: string, inputs: unknown): Promise<unknown> => {
    const method = methodOf(component, verb);
    const result: unknown = await method.call(component, inputs);
    await record.change({ state: toJson(component.state) });
    return result;
  };

  const own: ComponentHost = {
    save: (id, state) => open.get(id)!.record.change({ state: toJson(state) }),
    load: async (parent, name, alias): Promise<LoadedComponent> => {
      const id = `${parent}.${(alias ?? name).replaceAll('.', '_')}`;
      const place = nowhere(id);
      const loaded = await part(id, name, place);
      const { record } = open.get(parent)!;
      const { loaded: ids } = record.current();
      if (!ids.includes(id)) await record.change({ loaded: [...ids, id] });
      return Object.assign((inputs: Values = {}) => deploy(loaded, inputs, place, []), {
        remove: () => remove(loaded),
        call: (verb: string, inputs?: unknown) => call(loaded, verb, inputs),
      });
    },
    removeLoaded: async (id) => {
      const { loaded } = store.read(id) ?? { loaded: [] };
      for (const child of loaded.toReversed()) {
        const record = store.read(child);
        if (record !== undefined) await remove(await part(child, record.component, nowhere(child)));
      }
    },
  };

  return {
    part,
    deploy,
    remove,
    call,
    plan: async ({ component, type }, given, place) =>
      component.plan(await checkInputs(type.inputs, given, place)),
  };
}

type AnyVerb = (verb: string, inputs: unknown) => unknown;

const RESERVED = new Set(['constructor', 'default', 'plan', 'adopt', 'save', 'load']);

function methodOf(component: Component, verb: string): (inputs: unknown) => unknown {
  // A published component tells its methods only when it is run.
  const { verb: anyVerb } = component as unknown as Values;
  if (typeof anyVerb === 'function') return (inputs) => (anyVerb as AnyVerb).call(component, verb, inputs);
  const method: unknown = (component as unknown as Values)[verb];
  if (typeof method === 'function' && !RESERVED.has(verb) && !verb.startsWith('_'))
    return method as (inputs: unknown) => unknown;
  throw new RopewayError({
    code: 'NO_SUCH_VERB',
    message: `\`${component.id}\` has no verb \`${verb}\`.`,
    expected: verbsOf(component).join(', ') || 'it has none but deploy and remove',
    got: verb,
  });
}

/** The verbs that a component has beside deploy and remove. */
function verbsOf(component: Component): string[] {
  const verbs: string[] = [];
  let type: unknown = Object.getPrototypeOf(component);
  while (type !== null && Object.hasOwn(type as object, 'constructor') && 'default' in (type as object)) {
    for (const name of Object.getOwnPropertyNames(type)) {
      if (!RESERVED.has(name) && name !== 'remove' && !name.startsWith('_') && !verbs.includes(name))
        verbs.push(name);
    }
    type = Object.getPrototypeOf(type);
  }
  return verbs;
}

function asOutputs(outputs: unknown, id: string): Values {
  if (typeof outputs === 'object' && outputs !== null && !Array.isArray(outputs))
    return toJson(outputs as Values);
  throw new RopewayError({
    code: 'COMPONENT',
    message: `The component of \`${id}\` returned what are no outputs.`,
    expected: 'an object: names and values',
    got: Array.isArray(outputs) ? 'a list' : typeof outputs,
  });
}

/** As it will be read again. */
function toJson(value: Values): Values {
  return JSON.parse(JSON.stringify(value)) as Values;
}

function withoutKeys(values: Values, keys: readonly string[]): Values {
  return Object.fromEntries(Object.entries(values).filter(([key]) => !keys.includes(key)));
}
