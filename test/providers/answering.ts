import { expect } from 'vitest';

import { RopewayError } from '../../src/lib/errors.ts';
import { awsProvider } from '../../src/providers/aws/provider.ts';
import type { Provider } from '../../src/providers/types.ts';
import { scriptedAws, type ScriptedAnswer } from '../support/scripted-aws.ts';

export type Script = (name: string, body: string) => ScriptedAnswer | 'dropped';

export const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'the-secret-key' };

/** AWS as tests say it is, one at a time. */
export interface Answering {
  /** Of the one that was started last. */
  calls(): string[];
  options(script: Script): Promise<Parameters<typeof awsProvider>[0]>;
  provider(script: Script): Promise<Provider>;
  close(): Promise<void>;
}

export function answering(): Answering {
  let server: Awaited<ReturnType<typeof scriptedAws>> | undefined;
  const close = async (): Promise<void> => {
    await server?.close();
    server = undefined;
  };
  const options: Answering['options'] = async (script) => {
    await close();
    server = await scriptedAws((name, { body }) => script(name, body.toString('utf8')));
    const { signal } = new AbortController();
    return { region: 'eu-central-1', endpoint: server.url, credentials, signal, env: {}, tries: 3 };
  };
  return {
    calls: () => server?.calls ?? [],
    options,
    provider: async (script) => awsProvider(await options(script)),
    close,
  };
}

/** The error that it fails with, which has to be ours. */
export async function failed(doing: Promise<unknown>): Promise<RopewayError> {
  const error = await doing.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(RopewayError);
  return error as RopewayError;
}
