import type { CloudRequest } from './request.ts';

/** An answer that is an error of the cloud. */
export class CloudError extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

export type Params = Record<string, unknown>;

/** By name; each gets the parameters and gives what the cloud answers. */
export type Actions = Record<string, (params: Params) => object>;

/** The action that a request names, in its parameters or in a header. */
export function actionOf(request: CloudRequest): string {
  return request.headers['x-tc-action'] ?? request.flat['Action'] ?? '';
}

export function text(params: Params, name: string): string {
  const value = params[name];
  if (typeof value !== 'string')
    throw new CloudError('MissingParameter', `The parameter ${name} is missing.`);
  return value;
}
