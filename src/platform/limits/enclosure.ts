import type { InstanceProcess } from '../instances/process.ts';
import type { Limits } from '../types.ts';
import { instancesCgroup } from './cgroup/parent.ts';
import { makeInstanceCgroup } from './cgroup/instance.ts';
import { killAllStrays, killStrays, MARKER, newMarker } from './strays.ts';
import { makeTempFolder, removeTempFolders, type TempFolder, temporaryEnvironment } from './temp-folders.ts';

/**
 * What is around one instance: a folder for its temporary files, a name by which its processes are found, and a cgroup
 * where the system lets us have one.
 */
export interface Enclosure {
  tempFolder: TempFolder;
  /** Variables that tell a process of this; the app's own ones come before them. */
  env: Record<string, string>;
  /** The process is in it from its start to its end; then what it has left is taken away, in the background. */
  hold(child: Pick<InstanceProcess, 'onPid' | 'died'>, limits: Pick<Limits, 'memory' | 'cpu'>): void;
  /** Whether the kernel has killed the instance because it used more memory than it may. */
  outOfMemory(): boolean;
}

let opened = false;

/** `within`: the folder of what the process is a copy of: it may go on using files that the original has made. */
export function openEnclosure(within?: TempFolder): Enclosure {
  opened = true;
  const tempFolder = makeTempFolder();
  within?.hold();
  const marker = newMarker();
  const parent = instancesCgroup();
  const cgroup = 'folder' in parent ? makeInstanceCgroup(parent.folder, `ropeway-${marker}`) : undefined;
  return {
    tempFolder,
    env: { ...temporaryEnvironment(tempFolder), [MARKER]: marker },
    hold: (child, limits) => {
      cgroup?.limit(limits);
      child.onPid((pid) => cgroup?.admit(pid));
      void child.died.then(async () => {
        cgroup?.kill();
        await killStrays(marker);
        await Promise.all([cgroup?.remove(), tempFolder.release(), within?.release()]);
      });
    },
    outOfMemory: () => cgroup?.outOfMemory() ?? false,
  };
}

/** Takes away everything at once, for the platform's very end. */
process.on('exit', () => {
  if (!opened) return;
  killAllStrays();
  removeTempFolders();
});
