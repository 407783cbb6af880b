import { formOf } from './form.ts';
import type { LoadOptions, RopewayConfig } from './load.ts';
import { readSettings } from './settings.ts';
import { readYaml } from './yaml/read.ts';

/** Parses one `ropeway.yml`. What it says of components is no setting of the app beside it. */
export function parseConfig(dir: string, name: string, options: Required<LoadOptions>): RopewayConfig {
  const file = readYaml(dir, name);
  return formOf(name, file.value) === 'settings' ? readSettings(file, options).settings : {};
}
