import type { FunctionRecord, VersionRecord } from './books.ts';

/** Makes a version of what is there now; it is Publishing. */
export function publish(draft: FunctionRecord, description: string, now: number): VersionRecord {
  const { code, configuration } = draft.latest;
  const version: VersionRecord = {
    version: String(draft.nextVersion),
    status: 'Publishing',
    reasons: [],
    addTime: now,
    modTime: now,
    code,
    configuration: {
      ...configuration,
      description: description === '' ? configuration.description : description,
    },
  };
  draft.versions.push(version);
  draft.nextVersion += 1;
  return version;
}
