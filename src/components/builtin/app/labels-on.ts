import type { Labels, LiveFunction } from '../../../providers/types.ts';

/** Whose a function is says its latest version. */
export function labelsOn(live: LiveFunction | undefined): Labels | undefined {
  return live?.versions.at(-1)?.labels;
}
