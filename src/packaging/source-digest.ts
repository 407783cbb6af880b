import { planPackage } from './plan.ts';
import type { PackageOptions } from './types.ts';

/**
 * A digest of all that a package would be made of: names, modes and contents of the app's own files, what is
 * installed, the entry, the target, the options, and our own version. Writes nothing, and says nothing to `onNotice`.
 * Throws as `buildPackage` does for what can be seen without making anything.
 */
export async function sourceDigest(options: PackageOptions): Promise<string> {
  return (await planPackage(options)).source;
}
