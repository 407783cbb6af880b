import type { RunCommand } from '../run-commands/types.ts';
import type { DetectedApp } from '../types.ts';

// Each way is loaded when it is taken: the usual one, a start command, must not wait for the others.

/**
 * The app that a start command runs with Node: its entry file, found as Node finds it. Undefined
 * when the command runs something else, or a file that is not there and that no build makes.
 */
export async function nodeAppFromCommand(dir: string, command: RunCommand): Promise<DetectedApp | undefined> {
  return (await import('./from-command.ts')).appFromCommand(dir, command);
}

/**
 * The apps that the sources of `dir` show, when no start command says which file runs: the first of
 * package.json `main`, `bin/www`, the conventional file names, other files that listen, and bare
 * handlers that holds one. More than one when they are equally likely; empty when nothing is found.
 */
export async function nodeAppsFromSources(dir: string): Promise<DetectedApp[]> {
  return (await import('./from-sources.ts')).appsFromSources(dir);
}

/** The app that a user names by its file, such as `server.js`; undefined when it is not there. */
export async function nodeAppFromFile(dir: string, name: string): Promise<DetectedApp | undefined> {
  return (await import('./from-sources.ts')).appFromFile(dir, name);
}

/** The folders of the workspaces in package.json, relative to `dir`, sorted; empty without any. */
export async function workspaceFolders(dir: string): Promise<string[]> {
  return (await import('./workspaces.ts')).readWorkspaces(dir);
}
