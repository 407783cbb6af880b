import { existsSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { appFolder, type Finished, ropeway } from './command.ts';
import { control } from './serve.ts';

/** A project in a new folder, with a platform of its own in the background once something is deployed. */
export interface DeployProject {
  dir: string;
  /** State folder of the platform. */
  state: string;
  env: NodeJS.ProcessEnv;
  write(name: string, text: string): void;
  run(...args: string[]): Promise<Finished>;
  /** With `--json`: the lines that it printed. */
  lines(...args: string[]): Promise<Line[]>;
  /** Stops the platform, removes everything. */
  end(): Promise<void>;
}

export type Line = { type: string } & Record<string, unknown>;

export function deployProject(files: Record<string, string>, env: NodeJS.ProcessEnv = {}): DeployProject {
  const app = appFolder(files);
  // The control socket's path has to be short.
  const top = realpathSync(mkdtempSync(join(tmpdir(), 'rs-')));
  const state = join(top, 's');
  const own = { ...env, ROPEWAY_STATE: state };
  const run = (...args: string[]): Promise<Finished> => ropeway(args, app.dir, own);
  return {
    dir: app.dir,
    state,
    env: own,
    write: app.write,
    run,
    lines: async (...args) => {
      const { stdout } = await run(...args, '--json');
      return stdout
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Line);
    },
    end: async () => {
      const pid = await platformPid(state);
      if (pid !== undefined) process.kill(pid, 'SIGKILL');
      app.remove();
      // What was killed may still be writing.
      rmSync(top, { recursive: true, force: true, maxRetries: 10 });
    },
  };
}

/** Pid of the platform that has a state folder. */
export async function platformPid(state: string): Promise<number | undefined> {
  const socket = join(state, 'control.sock');
  if (!existsSync(socket)) return undefined;
  return control(socket, 'GET', '/v1/health').then(
    ({ body }) => Number(body['pid']),
    () => undefined,
  );
}
