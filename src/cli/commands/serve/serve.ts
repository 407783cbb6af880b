import { mkdirSync } from 'node:fs';

import { errorMessage } from '../../../lib/errors.ts';
import { controlSocket, serveStateFolder } from '../../../lib/state-folder.ts';
import { type Control, startControl } from '../../../platform/control/control.ts';
import { type Server, startServer } from '../../../platform/server.ts';
import { isBackground, noteBackground } from '../../../providers/local/background.ts';
import { appFolder } from '../../apps/app-folder.ts';
import { stopSignal } from '../../stop-signal.ts';
import { clearControlSocket } from './control-socket.ts';
import { controlAddress, readToken, type ServeOptions } from './options.ts';
import { emulatorWishes, type RunningEmulator, startEmulators } from './emulate.ts';
import { createServeOutput, type ServeOutput } from './output.ts';
import { publishFolders } from './publish-folders.ts';

/** Serves what is deployed, and the apps of these folders, until it is told to stop. */
export async function serve(folders: string[], options: ServeOptions): Promise<void> {
  const dirs = folders.map((folder) => appFolder(folder, 'serve'));
  const token = readToken(options);
  const address = controlAddress(options, token);
  const wishes = emulatorWishes(options.emulate);
  const state = serveStateFolder(options.state);
  const output = createServeOutput(options.json, options.quiet);
  mkdirSync(state, { recursive: true, mode: 0o700 });
  const socket = controlSocket(state);
  await clearControlSocket(socket);
  // With a terminal that goes, it goes, too; without one, HUP means what it means to daemons.
  const stopped = stopSignal(process.stdin.isTTY ? undefined : ['SIGINT', 'SIGTERM']);

  const isRead = !isBackground();
  const server = await startServer({
    host: options.host,
    port: options.port,
    stateFolder: state,
    instances: options.instances,
    drainSeconds: options.drain,
    accessLog: options.accessLog,
    onRecord: isRead ? output.invocation : nothing,
    onOutput: isRead ? output.appLine : nothing,
    onNotice: output.notice,
  });
  const controls: Control[] = [];
  const emulators: RunningEmulator[] = [];
  try {
    noteBackground(state, Number(new URL(server.url).port));
    controls.push(await startControl(server, { socket }, undefined));
    if (address !== undefined) controls.push(await startControl(server, address, token));
    const { host } = options;
    emulators.push(...(await startEmulators(wishes, { server, state, host, onNotice: output.notice })));
    await publishFolders(server, dirs, options, output, false);
    server.complete();
    const addresses = controls.map((control) => control.address);
    output.serving({
      url: server.url,
      control: addresses,
      state,
      deployments: server.deployments(),
      emulators,
    });
    void server.warm();
    const reload = reloader(server, dirs, options, output);
    if (!process.stdin.isTTY) process.on('SIGHUP', reload);
    await stopped;
    output.draining(options.drain);
  } finally {
    await Promise.all(emulators.map((emulator) => emulator.close()));
    await server.close();
    await Promise.all(controls.map((control) => control.close()));
  }
  output.stopped();
}

const nothing = (): void => undefined;

/** Loads the folders' code anew, one time after the other; what is wrong with them is told, and serving goes on. */
function reloader(server: Server, dirs: string[], options: ServeOptions, output: ServeOutput): () => void {
  let last: Promise<void> = Promise.resolve();
  return () => {
    last = last
      .then(() => publishFolders(server, dirs, options, output, true))
      .catch((error: unknown) => output.notice(errorMessage(error)));
  };
}
