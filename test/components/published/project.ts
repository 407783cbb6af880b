import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import {
  callPublished,
  type LogLine,
  type PublishedOptions,
} from '../../../src/components/published/host.ts';
import { RopewayError } from '../../../src/lib/errors.ts';

export interface Project {
  root: string;
  states: Map<string, unknown>;
  logs: LogLine[];
  /** Lines of one level. */
  said(level: LogLine['level']): string[];
  call(folder: string, method?: string, inputs?: unknown, more?: Partial<PublishedOptions>): Promise<unknown>;
  remove(): void;
}

/** A project's folder with these files, its states in memory, and calls of components that belong to it. */
export function createProject(files: Record<string, string> = {}): Project {
  const root = mkdtempSync(join(tmpdir(), 'ropeway-project-'));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  const states = new Map<string, unknown>();
  const logs: LogLine[] = [];
  return {
    root,
    states,
    logs,
    said: (level) => logs.filter((line) => line.level === level).map((line) => line.text),
    call: (folder, method = 'default', inputs = {}, more = {}) =>
      callPublished(
        {
          folder,
          id: 'Template.shop.Thing',
          root,
          stage: 'dev',
          credentials: {},
          state: {
            read: async (id) => states.get(id),
            async write(id, value) {
              states.set(id, value);
            },
          },
          redirect: [],
          onLog: (line) => void logs.push(line),
          ...more,
        },
        method,
        inputs,
      ),
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

/** The RopewayError that a promise rejects with; fails the test when it is something else. */
export async function errorOf(promise: Promise<unknown>): Promise<RopewayError> {
  const thrown: unknown = await promise.then(
    (value) => new Error(`resolved with ${JSON.stringify(value)}`),
    (error: unknown) => error,
  );
  if (thrown instanceof RopewayError) return thrown;
  throw thrown;
}
