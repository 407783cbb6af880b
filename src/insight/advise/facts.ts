import type { ProfileResult } from '../types.ts';

/** What the rules of `advise` know of an app: all of it plain data, gathered by others. */
export interface AppFacts {
  app: ProfileResult['app'];
  /** What it is deployed to, where its configuration says so. */
  target?: 'local' | 'tencent' | 'aws';
  /** MB that its configuration gives an instance; absent: it says nothing, and the platform's own default holds. */
  memory?: number;
  defaultMemory: number;
  /** Whether the app is spread over several functions already. */
  hasFunctions: boolean;
  /** Instances at once that its configuration allows; absent: as many as the cloud gives. */
  instances?: number;
  /** What its source says. */
  traits: SourceTrait[];
  /** Folders of files that the app serves itself. */
  staticFolders: StaticFolder[];
  /** Bytes of what is installed for the app, unpacked; absent where it cannot be told. */
  packages?: { bytes: number; largest: { name: string; bytes: number }[] };
  /** Absent when nothing was measured. */
  profile?: ProfileResult;
  /** Paths of requests, by their names in the profile. */
  paths: Record<string, { method: string; path: string }>;
}

/** See src/frameworks/traits.ts, which has the same shape. */
export interface SourceTrait {
  kind: string;
  file: string;
  line: number;
  text: string;
  what: string;
  path?: string;
  value?: number;
}

export interface StaticFolder {
  /** Relative to the app's folder. */
  folder: string;
  files: number;
  bytes: number;
  /** Where it is said that the app serves it. */
  trait: SourceTrait;
}

/** A trait as evidence. */
export function evidenceOf({ file, line, text }: SourceTrait): { place: string; text: string } {
  return { place: `${file}:${line}`, text };
}

/** The traits of a kind. */
export function traitsOf({ traits }: AppFacts, ...kinds: string[]): SourceTrait[] {
  return traits.filter(({ kind }) => kinds.includes(kind));
}
