import { type Command, Option } from 'commander';

import { collect, wholeNumber } from '../option-values.ts';
import type { BuildOptions } from './build/options.ts';

/** `ropeway build [dir]` */
export function defineBuild(program: Command): void {
  program
    .command('build')
    .description('Pack the app of a folder for a target, and try whether the package starts.')
    .argument('[dir]', 'folder of the app', '.')
    .option(
      '--out <folder>',
      'where packages are written (default: .ropeway/packages in the folder of the app)',
    )
    .addOption(
      new Option('--target <name>', 'for which machines (default: that of ropeway.yml, else local)').choices([
        'local',
        'tencent',
        'aws',
      ]),
    )
    .addOption(
      new Option('--arch <name>', 'processor of the target (default: x64)').choices(['x64', 'arm64']),
    )
    .option(
      '--runtime <name>',
      'runtime of the target, such as python3.12 (default: as here, or the nearest)',
    )
    .addOption(
      new Option(
        '--type <how>',
        'tencent: called with events, or a server on port 9000 (default: web for web apps)',
      ).choices(['event', 'web']),
    )
    .addOption(
      new Option(
        '--node <how>',
        'of the packages of a Node app: all that are not for development, what is imported, or one file (default: installed)',
      ).choices(['installed', 'traced', 'bundled']),
    )
    .option(
      '--include <path>',
      'a file or folder to be packed, whatever a rule says; repeatable',
      collect,
      [],
    )
    .option('--exclude <pattern>', 'as in .gitignore, files not to be packed; repeatable', collect, [])
    .option('--size', 'print what takes how much', false)
    .option('--no-boot', 'do not start the package')
    .option('--app <selector>', 'the app, if several match: module:attribute, or a file')
    .option('--start <command>', 'run this command with PORT set and proxy to it (web function)')
    .option(
      '--env <KEY=VALUE>',
      'environment of the app when it is started; KEY alone passes yours on; repeatable',
      collect,
      [],
    )
    .option('--env-file <file>', 'file with KEY=VALUE lines; repeatable', collect, [])
    .option('--init-timeout <seconds>', 'time limit for loading the app', wholeNumber(1, 900))
    .option('-y, --yes', 'install missing packages without asking', false)
    .option('--json', 'print JSON lines', false)
    .addHelpText(
      'after',
      `
Examples:
  $ ropeway build                        the app in this folder, for this machine
  $ ropeway build ./shop --target aws --arch arm64 --size
  $ ropeway build ./shop --target tencent --type event
  $ ropeway build --node traced --out dist/packages`,
    )
    .action(async (dir: string, options: BuildOptions) => {
      const { build } = await import('./build/build.ts');
      await build(dir, options);
    });
}
