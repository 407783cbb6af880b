import type { DetectedApp, Evidence } from '../types.ts';
import { relativeName } from './resolve.ts';
import type { Trace } from './trace.ts';

export interface ListenerDetails {
  /** Absolute path of the entry file. */
  file: string;
  /** What it and its imports show; undefined when there is no source to read yet. */
  trace: Trace | undefined;
  nodeOptions: string[];
  /** Why this file: a start command, `main` of package.json. */
  because: Evidence[];
}

/** An app whose server is captured when its entry file runs. */
export function listenerApp(root: string, details: ListenerDetails): DetectedApp {
  const framework = details.trace?.framework;
  return {
    framework: framework?.id ?? 'node',
    title: framework?.title ?? 'Node',
    entry: {
      runtime: 'node',
      interface: 'listener',
      root,
      file: details.file,
      nodeOptions: details.nodeOptions,
    },
    selector: relativeName(root, details.file),
    evidence: [...(details.trace?.evidence ?? []), ...details.because],
  };
}
