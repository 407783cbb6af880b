import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, describe, expect, test } from 'vitest';

import { describeError } from '../../src/lib/errors.ts';
import { openAws } from '../../src/providers/aws/aws.ts';
import { findRegion } from '../../src/providers/aws/options.ts';
import { awsProvider } from '../../src/providers/aws/provider.ts';
import { scriptedAws } from '../support/scripted-aws.ts';
import { answering, credentials, failed } from './answering.ts';

const answers = answering();
afterEach(() => answers.close());

describe('credentials and calls', () => {
  test('without any the places are named where they are looked for', async () => {
    const home = mkdtempSync(join(tmpdir(), 'no-home-'));
    const before = { ...process.env };
    Object.assign(process.env, {
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_CONFIG_FILE: join(home, 'config'),
      AWS_SHARED_CREDENTIALS_FILE: join(home, 'credentials'),
    });
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_PROFILE'])
      delete process.env[name];
    try {
      const signal = new AbortController().signal;
      const aws = awsProvider({ region: 'eu-central-1', signal, endpoint: 'http://127.0.0.1:9', env: {} });
      const error = await failed(aws.findFunction('shop'));
      expect(error).toMatchObject({ code: 'CREDENTIALS_MISSING' });
      expect(error.fix).toContain('AWS_ACCESS_KEY_ID');
      expect(await failed(findRegion({ env: {} }))).toMatchObject({ code: 'REGION_MISSING' });
    } finally {
      for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
      Object.assign(process.env, before);
      rmSync(home, { recursive: true });
    }
  });

  test('the region comes from the inputs, then from the environment', async () => {
    const env = { AWS_REGION: 'eu-west-1', AWS_DEFAULT_REGION: 'eu-west-2' };
    expect(await findRegion({ region: 'us-east-1', env })).toBe('us-east-1');
    expect(await findRegion({ env })).toBe('eu-west-1');
    expect(await findRegion({ env: { AWS_DEFAULT_REGION: 'eu-west-2' } })).toBe('eu-west-2');
  });

  test('keys of a `.env` are used, and stand in no error', async () => {
    let signed = '';
    const server = await scriptedAws((_, { headers }) => {
      signed = headers.authorization ?? '';
      return {
        status: 403,
        headers: { 'x-amzn-errortype': 'AccessDeniedException' },
        body: { message: 'no' },
      };
    });
    const env = {
      AWS_ACCESS_KEY_ID: 'AKIDFROMENV',
      AWS_SECRET_ACCESS_KEY: 'the-secret-key',
      AWS_ENDPOINT_URL: server.url,
    };
    const aws = awsProvider({ region: 'eu-central-1', signal: new AbortController().signal, env });
    const error = await failed(aws.findFunction('shop'));
    await server.close();
    expect(signed).toContain('Credential=AKIDFROMENV/');
    expect(error).toMatchObject({ code: 'ACCESS_DENIED' });
    expect(error.got).toContain('request request-1');
    const { cause } = error;
    expect(JSON.stringify([describeError(error), cause, Object.entries(cause as object)])).not.toMatch(
      /the-secret-key|Signature|authorization/i,
    );
  });

  test('a network that is not there is said to be none', async () => {
    const signal = new AbortController().signal;
    const aws = awsProvider({
      region: 'eu-central-1',
      signal,
      endpoint: 'http://127.0.0.1:9',
      credentials,
      env: {},
      tries: 1,
    });
    expect(await failed(aws.findFunction('shop'))).toMatchObject({
      code: 'CLOUD_UNREACHABLE',
      got: expect.stringContaining('ECONNREFUSED') as string,
    });
  });

  test('a signal ends a call that gets no answer', async () => {
    const ending = new AbortController();
    const given = await answers.options(() => {
      ending.abort(new Error('enough'));
      return 'dropped';
    });
    const aws = awsProvider({ ...given, signal: ending.signal, tries: 100 });
    await expect(aws.findFunction('shop')).rejects.toThrow('enough');
  });

  test('a role that is new is waited for', async () => {
    let refusals = 0;
    const given = await answers.options((name) => {
      if (name !== 'lambda POST /functions')
        return { status: 404, headers: { 'x-amzn-errortype': 'ResourceNotFoundException' } };
      refusals += 1;
      return {
        status: 400,
        headers: {
          'x-amzn-errortype':
            refusals < 3 ? 'InvalidParameterValueException' : 'CodeStorageExceededException',
        },
        body: { message: 'The role defined for the function cannot be assumed by Lambda.' },
      };
    });
    const lambda = await openAws(given).clients.lambda();
    const creation = lambda.createFunction({ FunctionName: 'shop', Role: 'r', Code: {} });
    expect(await failed(creation)).toMatchObject({ code: 'QUOTA_REACHED' });
    expect(refusals).toBe(3);
  });
});
