import { TencentError } from '../service.ts';

export function invalid(what: string, message: string): TencentError {
  return new TencentError(`InvalidParameterValue.${what}`, message);
}

/** The words of the last sentence are what old clients look for. */
export function notFound(what: string, name: string): TencentError {
  return new TencentError(
    `ResourceNotFound.${what}`,
    `The ${what} [${name}] is not found. Create it, then try again.`,
  );
}

export function inUse(what: string, name: string): TencentError {
  return new TencentError(`ResourceInUse.${what}`, `The ${what} [${name}] already exists.`);
}

export function limitExceeded(what: string, message: string): TencentError {
  return new TencentError(`LimitExceeded.${what}`, message);
}

export function failed(what: string, message: string): TencentError {
  return new TencentError(`FailedOperation.${what}`, message);
}

export function unsupported(message: string): TencentError {
  return new TencentError('UnsupportedOperation', message);
}
