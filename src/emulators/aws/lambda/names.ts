import { ACCOUNT, AwsError } from '../service.ts';

/** Which function, and which of its versions or aliases; '' is `$LATEST` as nobody has said. */
export interface FunctionRef {
  region: string;
  name: string;
  qualifier: string;
}

const NAME = /^[a-zA-Z0-9-_]{1,64}$/;

/** A name, `account:function:name`, or an ARN, each with a qualifier or without. Throws ValidationException, InvalidParameterValueException. */
export function functionRef(text: string, region: string, given?: string | null): FunctionRef {
  const parts =
    /^(?:arn:aws[\w-]*:lambda:([\w-]+):(\d{12}):function:|(?:\d{12}:)?function:|\d{12}:)?([^:]+)(?::([^:]+))?$/.exec(
      text,
    );
  const [, arnRegion, , name = '', own] = parts ?? [];
  if (parts === null || !NAME.test(name)) {
    throw new AwsError(
      400,
      'ValidationException',
      `1 validation error detected: Value '${text}' at 'functionName' failed to satisfy constraint: Member must satisfy regular expression pattern: (arn:(aws[a-zA-Z-]*)?:lambda:)?([a-z]{2}((-gov)|(-iso(b?)))?-[a-z]+-\\d{1}:)?(\\d{12}:)?(function:)?([a-zA-Z0-9-_]+)(:(\\$LATEST|[a-zA-Z0-9-_]+))?`,
    );
  }
  if (own !== undefined && given !== undefined && given !== null && own !== given)
    throw new AwsError(
      400,
      'InvalidParameterValueException',
      'The derived qualifier from the function name does not match the specified qualifier.',
    );
  return { region: arnRegion ?? region, name, qualifier: own ?? given ?? '' };
}

export function functionArn({ region, name }: { region: string; name: string }, qualifier = ''): string {
  return `arn:aws:lambda:${region}:${ACCOUNT}:function:${name}${qualifier === '' ? '' : `:${qualifier}`}`;
}

export function functionKey({ region, name }: { region: string; name: string }): string {
  return `${region}/${name}`;
}

export function layerArn(region: string, name: string, version?: number): string {
  return `arn:aws:lambda:${region}:${ACCOUNT}:layer:${name}${version === undefined ? '' : `:${version}`}`;
}

/** Name of a layer, or its ARN. */
export function layerName(text: string): string {
  return text.startsWith('arn:') ? (text.split(':')[6] ?? text) : text;
}

/** As the API writes moments: `2026-11-24T02:00:00.000+0000`. */
export function stamp(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '+0000');
}
