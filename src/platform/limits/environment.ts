import { RopewayError } from '../../lib/errors.ts';

const SHOWN = 3;

/** Bytes that an app's own variables take: names and values as UTF-8, without what the system puts between them. */
export function environmentBytes(env: Record<string, string>): number {
  return Object.entries(env).reduce((total, variable) => total + variableBytes(variable), 0);
}

/**
 * Throws ENV_TOO_LARGE when an app's own variables take more than `limit` bytes. AWS Lambda and Tencent SCF refuse a
 * function with more than 4 KB. The error names the biggest variables and never shows a value.
 */
export function checkEnvironment(env: Record<string, string>, limit: number): void {
  const total = environmentBytes(env);
  if (total <= limit) return;
  const biggest = Object.entries(env)
    .map((variable): [string, number] => [variable[0], variableBytes(variable)])
    .toSorted(([, one], [, other]) => other - one);
  const named = biggest.slice(0, SHOWN).map(([name, bytes]) => `${name} ${bytes}`);
  if (biggest.length > SHOWN) named.push(`${biggest.length - SHOWN} more`);
  throw new RopewayError({
    code: 'ENV_TOO_LARGE',
    message: "The app's environment is larger than a cloud takes.",
    expected: `at most ${limit} bytes of names and values together`,
    got: `${total} bytes (${named.join(', ')})`,
    fix: 'put large values (keys, certificates, JSON) into a file of the app and its path into the variable',
  });
}

function variableBytes([name, value]: [string, string]): number {
  return Buffer.byteLength(name) + Buffer.byteLength(value);
}
