/** Finding Node apps: by their start command, by their sources, by a file that the user names. */
export { nodeAppFromCommand } from './from-command.ts';
export { nodeAppFromFile, nodeAppsFromSources } from './from-sources.ts';
export { workspaceFolders } from './workspaces.ts';
