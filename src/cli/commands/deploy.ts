import type { Command } from 'commander';

import { share } from '../option-values.ts';
import { addDeployingOptions } from '../deploying/options.ts';
import type { DeployCommandOptions } from './deploy/deploy.ts';

/** `ropeway deploy [alias]` */
export function defineDeploy(program: Command): void {
  const command = program
    .command('deploy')
    .description('Deploy what serverless.yml or ropeway.yml names, or the app of the folder.')
    .argument('[alias]', 'one component of the file, and what it needs (default: all)');
  addDeployingOptions(command)
    .option('--plan', 'only show what would be done', false)
    .option(
      '--canary <percent>',
      'how many of the requests a new version gets, for a trial; the one before keeps the rest',
      share,
    )
    .option('-y, --yes', 'also remove what is no longer in the file', false)
    .addHelpText(
      'after',
      `
Examples:
  $ ropeway deploy                       everything, to the platform of this machine
  $ ropeway deploy api --stage test      one component, as a deployment of its own
  $ ropeway deploy --plan                what would be done
  $ ropeway deploy --canary 10           the new version gets 10 % of the requests; then promote or rollback
  $ ropeway deploy --target tencent      to Tencent SCF (aws: to AWS Lambda)

Without a verb, \`ropeway\` in a folder with such a file deploys it. What has not changed is not touched; what fails to
load leaves the version before it serving. Cut off at any moment, the next deployment goes on from there.`,
    )
    .action(async (alias: string | undefined, options: DeployCommandOptions) => {
      const { deploy } = await import('./deploy/deploy.ts');
      await deploy(alias, options);
    });
}
