import type { Workshop } from '../../components/types.ts';
import { buildForDeployment, findForDeployment, packForDeployment } from './packing.ts';
import { runCommand } from './run-command.ts';

export interface WorkshopOptions {
  /** Absolute folder of the project. */
  root: string;
  target: 'local' | 'tencent' | 'aws';
  env: Record<string, string | undefined>;
  onNote(text: string): void;
  /** What commands of the user print. */
  onLine(line: string): void;
  /** What pip and npm print. */
  onInstallerLine(line: string): void;
  signal: AbortSignal;
}

/** Finds and packs apps for components. */
export function createWorkshop(options: WorkshopOptions): Workshop {
  const { env, onLine, signal } = options;
  return {
    find: (wish) => findForDeployment(wish, options),
    build: (app) => buildForDeployment(app, options),
    pack: (wish) => packForDeployment(wish, options),
    run: (command, folder, more) => runCommand({ command, folder, env: { ...env, ...more }, onLine, signal }),
  };
}
