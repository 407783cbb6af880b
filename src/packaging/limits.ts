import { RopewayError } from '../lib/errors.ts';
import { type Part, sizeReport } from './sizes.ts';
import type { Package, Target } from './types.ts';

const SHOWN = 8;

/** Throws PACKAGE_TOO_LARGE for what the target would refuse, with what takes most. */
export async function checkLimits({ code, layer }: Package, { name, limits }: Target): Promise<void> {
  const zips = layer === undefined ? [code] : [code, layer];
  const unpacked = zips.reduce((total, zip) => total + zip.unpackedBytes, 0);
  const largest = zips.toSorted((one, other) => other.bytes - one.bytes)[0]!;
  if (largest.bytes <= limits.zip && unpacked <= limits.unpacked) return;
  const isZip = largest.bytes > limits.zip;
  const what = largest === layer ? 'The layer with the packages' : 'The zip with the code';
  throw new RopewayError({
    code: 'PACKAGE_TOO_LARGE',
    message: isZip
      ? `${what} is larger than ${name} takes.`
      : `The package is larger than ${name} takes, unpacked.`,
    expected: `at most ${megabytes(isZip ? limits.zip : limits.unpacked)}`,
    got: megabytes(isZip ? largest.bytes : unpacked),
    detail: ['the largest parts, unpacked:', ...(await largestParts(code.file, layer?.file))].join('\n'),
    fix: 'leave data out with lines in .ropewayignore, packages that the app does not need out of its requirements, or, for Node, take --node traced',
  });
}

async function largestParts(code: string, layer: string | undefined): Promise<string[]> {
  const { parts: own, dependencies } = await sizeReport(code);
  const parts = [
    // Their packages say more.
    ...own.filter((part) => !['node_modules/', 'python/'].includes(part.name)),
    ...dependencies,
    ...(layer === undefined ? [] : (await sizeReport(layer, 'layer')).dependencies),
  ];
  return parts
    .toSorted((one: Part, other: Part) => other.unpacked - one.unpacked)
    .slice(0, SHOWN)
    .map((part) => `  ${megabytes(part.unpacked).padStart(9)}  ${part.name}`);
}

/** `12.5 MB` */
export function megabytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
