import { existsSync } from 'node:fs';
import { join } from 'node:path';

import type { AppWish, BuiltApp, FolderWish, FoundApp, Workshop } from '../../components/types.ts';
import { detectApp } from '../../frameworks/detect.ts';
import { appPython } from '../../frameworks/python/interpreter.ts';
import type { DetectedApp } from '../../frameworks/types.ts';
import { RopewayError } from '../../lib/errors.ts';
import { evidenceLine } from '../apps/output.ts';
import { handlerEntry } from './handler-entry.ts';
import { runCommand } from './run-command.ts';

export interface WorkshopOptions {
  /** Absolute folder of the project. */
  root: string;
  alias: string;
  env: Record<string, string | undefined>;
  onNote(text: string): void;
  /** What commands print. */
  onLine(line: string): void;
  signal: AbortSignal;
}

/** Finds and packs apps for components. */
export function createWorkshop(options: WorkshopOptions): Workshop {
  const outFolder = join(options.root, '.ropeway', 'packages');
  return {
    find: (wish) => find(wish, options, outFolder),
    build: (app) => build(app, options, outFolder),
    pack: (wish) => pack(wish, options, outFolder),
    run: (command, folder, env) =>
      runCommand({
        command,
        folder,
        env: { ...options.env, ...env },
        onLine: options.onLine,
        signal: options.signal,
      }),
  };
}
