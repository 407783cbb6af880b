import { appConfig } from '../../apps/app-config.ts';
import { detectApp } from '../../../frameworks/detect.ts';
import { planPreparation } from '../../../frameworks/prepare.ts';
import { RopewayError } from '../../../lib/errors.ts';
import { evidenceLine } from '../../apps/output.ts';
import { type Check, failed, ok, warning } from './check.ts';

/** What an app's folder holds, and whether everything is there that it needs. Changes nothing. */
export async function checkApp(dir: string): Promise<Check[]> {
  try {
    const { app, start } = await appConfig(dir);
    const detection = await detectApp(dir, {
      ...(app === undefined ? {} : { app }),
      ...(start === undefined ? {} : { start }),
    });
    if (detection.kind === 'none') {
      return [
        failed('app', `none was found in ${dir}`, 'name it: app: module:attribute in ropeway.yml, or --app'),
      ];
    }
    if (detection.kind !== 'found') {
      const selectors = detection.candidates.map(({ selector }) => selector);
      return [
        failed(
          'app',
          `${selectors.length} match: ${selectors.join(', ')}`,
          `choose one: app: ${selectors[0]} in ropeway.yml`,
        ),
      ];
    }
    const { steps } = await planPreparation(dir, detection.app);
    const needs = steps.map(({ why, title }) => warning('needs', why, `ropeway dev --yes does it: ${title}`));
    return [
      ok('app', evidenceLine(detection.app)),
      ...(needs.length === 0 ? [ok('needs', 'everything is installed')] : needs),
    ];
  } catch (error) {
    if (!(error instanceof RopewayError)) throw error;
    return [failed('app', error.message, error.fix ?? error.expected ?? 'see ropeway dev --help')];
  }
}
