import { type Command, Option } from 'commander';

/** What every verb of deployment takes. */
export interface DeployingOptions {
  dir: string;
  stage?: string;
  target?: 'local' | 'tencent' | 'aws';
  /** Folder or bucket for the state, if several machines share it. */
  state?: string;
  /** State folder of the local platform. */
  platform?: string;
  /** Share of the requests, 0 to 1, for new versions. */
  canary?: number;
  json: boolean;
  debug: boolean;
}

export function addDeployingOptions(command: Command): Command {
  return command
    .option(
      '-s, --stage <name>',
      'one of several deployments of the same files (default: dev, or what the file says)',
    )
    .addOption(
      new Option('-t, --target <where>', 'where it is deployed to (default: local)').choices([
        'local',
        'tencent',
        'aws',
      ]),
    )
    .option('-C, --dir <folder>', 'folder of the project', '.')
    .option('--platform <folder>', 'state folder of the platform to deploy to (as `ropeway serve --state`)')
    .option(
      '--state <folder>',
      'where it is noted what was deployed: a folder, s3://bucket/prefix or cos://bucket/prefix (default: .ropeway/state of the project)',
    )
    .option('--json', 'print JSON lines', false)
    .option('--debug', 'show what components say for debugging', false);
}
