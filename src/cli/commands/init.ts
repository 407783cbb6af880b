import { type Command, Option } from 'commander';

/** `ropeway init component [folder]` */
export function defineInit(program: Command): void {
  program
    .command('init')
    .description('Begin something new: a component of your own, with a test.')
    .addArgument(program.createArgument('<what>', 'what').choices(['component']))
    .argument('[folder]', 'folder that is made', './component')
    .addOption(new Option('--json', 'print JSON').default(false))
    .addHelpText('after', '\nExample:\n  $ ropeway init component ./components/bottle')
    .action(async (_what: string, folder: string, options: { json: boolean }) => {
      const { initComponent } = await import('./init/init-component.ts');
      initComponent(folder, options.json);
    });
}
