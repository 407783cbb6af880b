import { loadConfig, type RopewayConfig } from '../../config/load.ts';
import { readEnvFiles } from '../../config/project/env-files.ts';

/** What `ropeway.yml` of an app's folder says, with the variables of its `.env` files. Throws as `loadConfig` does. */
export async function appConfig(dir: string): Promise<RopewayConfig> {
  return loadConfig(dir, { env: readEnvFiles(dir, 'dev') });
}
