import { isMapping } from './data.ts';
import { EXPECTED } from './schema.ts';

/**
 * What a file holds: settings of one app; one component (`component:` and `inputs:` at the top); components, each below
 * its alias; or what another tool calls a service.
 */
export type Form = 'settings' | 'component' | 'components' | 'service';

/** Of `ropeway.yml` or `serverless.yml`; undefined: nothing that is known. */
export function formOf(name: string, value: unknown): Form | undefined {
  const mapping = isMapping(value) ? value : {};
  const hasSettings = name.startsWith('ropeway.');
  if (typeof mapping['component'] === 'string') return 'component';
  const entries = Object.entries(mapping).filter(([key]) => !hasSettings || !TAKE_NAMES.has(key));
  if (entries.some(([, entry]) => isComponent(entry))) return 'components';
  if (hasSettings) return 'settings';
  return 'provider' in mapping || 'functions' in mapping ? 'service' : undefined;
}

/** A mapping with a text `component`. */
export function isComponent(entry: unknown): entry is Record<string, unknown> & { component: string } {
  return isMapping(entry) && typeof entry['component'] === 'string';
}

/** Settings whose keys their user chooses: `component` below them is a name like others. */
const TAKE_NAMES: ReadonlySet<string> = new Set<keyof typeof EXPECTED>(['env', 'stages', 'functions']);
