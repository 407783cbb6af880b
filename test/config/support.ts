import { type ComponentEntry, loadProject, type Project } from '../../src/config/project/load.ts';
import type { ConfigFile } from '../../src/config/file.ts';
import { describeError, RopewayError } from '../../src/lib/errors.ts';
import { appFolder } from '../support/command.ts';

export interface Given {
  stage?: string;
  env?: Record<string, string | undefined>;
}

/** Reads a project of these files, in a folder that is gone afterwards. */
export async function projectOf(
  files: string | Record<string, string>,
  { stage, env = {} }: Given = {},
): Promise<Project | undefined> {
  const folder = appFolder(typeof files === 'string' ? { 'serverless.yml': files } : files);
  try {
    return await loadProject(folder.dir, { ...(stage === undefined ? {} : { stage }), env });
  } finally {
    folder.remove();
  }
}

/** The only component of a project, or the one of this alias. */
export async function componentOf(text: string, alias = 'a', given?: Given): Promise<ComponentEntry> {
  const project = await projectOf(text, given);
  return project!.components.find((entry) => entry.alias === alias)!;
}

/** All that people are told of the error that this rejects or throws. Fails for errors that are not ours. */
export async function told(action: () => unknown): Promise<string> {
  try {
    await action();
  } catch (error) {
    if (error instanceof RopewayError && error.exitCode === 2) return describeError(error);
    throw error;
  }
  throw new Error('nothing was refused');
}

/** A file of which every place is its path. */
export function fileOf(value: unknown): ConfigFile {
  return { name: 'file', value, where: (path) => `file:${path.join('.')}` };
}

/** A component by hand. */
export function entryOf(
  alias: string,
  dependsOn: string[] = [],
  inputs: Record<string, unknown> = {},
): ComponentEntry {
  return {
    alias,
    component: 'function',
    inputs,
    dependsOn,
    hooks: { before: [], after: [] },
    where: (path) => `file:${[alias, ...path].join('.')}`,
    secret: new Set(),
  };
}
