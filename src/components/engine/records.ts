import type { Values } from '../component.ts';
import { newSalt, withoutSecrets } from '../state/secrets.ts';
import type { StateRecord, StateStore } from '../state/store.ts';

/** The record of one component, written after each change; one write after the other. */
export interface OpenRecord {
  current(): StateRecord;
  change(patch: Partial<StateRecord>): Promise<void>;
  /** Whether these are the inputs of the last deployment. */
  hasInputs(inputs: Values): boolean;
  /** Notes the inputs, without secrets. */
  begin(component: string, inputs: Values, dependsOn: string[]): Promise<void>;
}

export function openRecord(store: StateStore, id: string, component: string, isSecret: IsSecret): OpenRecord {
  let record = store.read(id) ?? emptyRecord(id, component);
  let last: Promise<void> = Promise.resolve();
  const change = (patch: Partial<StateRecord>): Promise<void> => {
    record = { ...record, ...patch, changedAt: new Date().toISOString() };
    const written = record;
    const write = last.then(() => store.write(written));
    last = write.catch(() => undefined);
    return write;
  };
  return {
    current: () => record,
    change,
    hasInputs: (inputs) =>
      JSON.stringify(withoutSecrets(inputs, isSecret, record.salt)) === JSON.stringify(record.inputs),
    begin: (name, inputs, dependsOn) =>
      change({
        component: name,
        status: 'busy',
        inputs: withoutSecrets(inputs, isSecret, record.salt),
        dependsOn,
      }),
  };
}

export type IsSecret = (path: readonly (string | number)[]) => boolean;

function emptyRecord(id: string, component: string): StateRecord {
  return {
    format: 1,
    id,
    component,
    status: 'busy',
    inputs: {},
    salt: newSalt(),
    state: {},
    outputs: {},
    dependsOn: [],
    loaded: [],
    changedAt: new Date().toISOString(),
  };
}
