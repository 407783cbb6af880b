import type { Command } from 'commander';

import type { DoctorOptions } from './doctor/doctor.ts';

/** `ropeway doctor [dir]` */
export function defineDoctor(program: Command): void {
  program
    .command('doctor')
    .description('Look at this machine (and an app): what works, which limits are in force, what is missing.')
    .argument('[dir]', 'folder of an app to look at, too')
    .option('--state <folder>', 'state folder of `ropeway serve` (default: ~/.local/state/ropeway)')
    .option('--json', 'print one JSON object', false)
    .addHelpText(
      'after',
      `
Examples:
  $ ropeway doctor
  $ ropeway doctor ./shop                is everything there that this app needs?

Exit code 1 when something does not work (✗); what only works less well (!) does not count.`,
    )
    .action(async (dir: string | undefined, options: DoctorOptions) => {
      const { doctor } = await import('./doctor/doctor.ts');
      await doctor(dir, options);
    });
}
