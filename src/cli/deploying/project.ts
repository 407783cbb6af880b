import { basename, resolve } from 'node:path';

import { readEnvFiles } from '../../config/project/env-files.ts';
import { loadProject, type Project } from '../../config/project/load.ts';
import { appFolder } from '../apps/app-folder.ts';
import type { DeployingOptions } from './options.ts';

export type { Project } from '../../config/project/load.ts';

/** A project with the variables that its files and this process have. */
export interface OpenProject extends Project {
  env: Record<string, string | undefined>;
  target: 'local' | 'tencent' | 'aws';
  /** Absolute folder that several machines share for the state. */
  shared: string | undefined;
  /** Address of a bucket that has the state: `s3://bucket/prefix`. */
  bucket: string | undefined;
}

/** What a folder deploys; a folder without a file is one app. */
export async function openProject(options: DeployingOptions, verb: string): Promise<OpenProject> {
  const dir = appFolder(options.dir, `${verb} --dir`);
  const env = readEnvFiles(dir, options.stage ?? 'dev');
  const loaded = await loadProject(dir, {
    ...(options.stage === undefined ? {} : { stage: options.stage }),
    env,
  });
  const project = loaded ?? oneApp(dir, options.stage ?? 'dev');
  const wished = project.components.length === 1 ? project.components[0]!.inputs['target'] : undefined;
  const target = options.target ?? (wished === 'tencent' || wished === 'aws' ? wished : 'local');
  const ownState = project.values['state'];
  const state = options.state ?? (typeof ownState === 'string' && ownState !== '' ? ownState : undefined);
  const isBucket = state !== undefined && /^[a-z][a-z0-9+.-]*:\/\//i.test(state);
  return {
    ...project,
    env,
    target,
    shared: state === undefined || isBucket ? undefined : resolve(dir, state),
    bucket: isBucket ? state : undefined,
  };
}

function oneApp(dir: string, stage: string): Project {
  const name = basename(dir) || 'app';
  return {
    file: dir,
    dir,
    stage,
    name,
    components: [
      {
        alias: name,
        component: 'web',
        inputs: { src: '.' },
        dependsOn: [],
        hooks: { before: [], after: [] },
        where: () => name,
        secret: new Set(),
      },
    ],
    values: {},
  };
}
