import { errorMessage, RopewayError } from '../../lib/errors.ts';

/** What a package must not have in it. `name` as the zip has it. */
export function badEntry(name: string, problem: string): RopewayError {
  return new RopewayError({
    code: 'PACKAGE_ENTRY',
    message: `The package cannot be unpacked: ${problem}.`,
    got: JSON.stringify(name),
    fix: 'make the package anew; nothing of this one was kept',
  });
}

/** `cause`: what the reader of zips said. */
export function noZip(cause: unknown): RopewayError {
  return new RopewayError({
    code: 'PACKAGE_FORMAT',
    message: `The package is no zip that can be read: ${errorMessage(cause)}`,
    expected: 'a zip with stored or deflated entries, in one part, not encrypted',
    cause,
  });
}

export function tooLarge(what: string, most: string): RopewayError {
  return new RopewayError({
    code: 'PACKAGE_TOO_LARGE',
    message: `The package has too ${what}.`,
    expected: `at most ${most}`,
  });
}

export function noSuchPackage(digest: string): RopewayError {
  return new RopewayError({
    code: 'NO_SUCH_PACKAGE',
    message: 'This package is not here.',
    got: digest,
    fix: `upload it: PUT /v1/packages/${digest}`,
  });
}
