import { readFile } from 'node:fs/promises';

import { IAM } from '@aws-sdk/client-iam';
import { Lambda } from '@aws-sdk/client-lambda';

import type { AwsOptions } from '../../src/providers/aws/options.ts';
import { awsProvider } from '../../src/providers/aws/provider.ts';
import { startAwsWire } from '../support/aws-wire.ts';
import { handlerSource, tinyPackages } from '../support/tiny-packages.ts';
import { awsThings, type Where } from './aws-things.ts';
import type { Cloud, Errors } from './contract.ts';

/** What stands in for AWS. */
export interface StandIn {
  /** Where a service answers (`lambda`, `s3`). */
  url(service: string): string;
  /** Keys that it takes. */
  credentials: NonNullable<AwsOptions['credentials']>;
  region: string;
  /** Is done before a call of this name. */
  before?(name: string): Promise<void>;
  /** See `Cloud.twice`. */
  twice?: RegExp;
  close(): Promise<void>;
}

const ERRORS: Errors = {
  call: /^lambda POST \/functions$/,
  throttled: { status: 429, code: 'TooManyRequestsException', message: 'Rate Exceeded.' },
  expired: {
    status: 403,
    code: 'ExpiredTokenException',
    message: 'The security token included in the request is expired',
  },
  denied: {
    status: 403,
    code: 'AccessDeniedException',
    message:
      'User: arn:aws:iam::123456789012:user/dev is not authorized to perform: lambda:CreateFunction on resource: arn:aws:lambda:us-east-1:123456789012:function:refused-denied',
    needs: 'lambda:CreateFunction',
  },
  quota: { status: 400, code: 'CodeStorageExceededException', message: 'Code storage limit exceeded.' },
};

/** The provider `aws` against something that speaks AWS's APIs. */
export async function awsCloud(standIn: StandIn): Promise<Cloud> {
  const packages = tinyPackages();
  const wire = await startAwsWire((service) => standIn.url(service), standIn.before);
  const { region, credentials } = standIn;
  const direct = (service: string): Where => ({
    region,
    credentials,
    endpoint: standIn.url(service),
  });
  const lambda = new Lambda(direct('lambda'));
  const runtime = `nodejs${process.versions.node.split('.')[0]}`;
  return {
    provider: (signal = new AbortController().signal) =>
      awsProvider({ region, credentials, endpoint: wire.url, signal, project: 'shop', env: {} }),
    deployment: async ({ name, answer, env = {}, canary, broken, labels, routes = [{ path: '/*' }] }) => ({
      name,
      entry: {
        runtime: 'node',
        interface: 'handler',
        root: '.',
        file: 'ropeway_handler.js',
        attribute: 'handler',
        nodeOptions: [],
      },
      code: await packages.make({ 'ropeway_handler.js': handlerSource(answer, broken) }),
      layers: [await packages.make({ 'nodejs/node_modules/tiny/index.js': 'module.exports = 1;\n' })],
      env,
      limits: { memory: 256, timeout: 10 },
      stream: false,
      warmup: [],
      routes,
      labels: labels ?? { project: 'shop', stage: 'dev', component: name, deployment: digest(answer) },
      ...(canary === undefined ? {} : { canary }),
      cloud: { type: 'event', runtime, handler: 'ropeway_handler.handler', arch: 'x64', settings: {} },
    }),
    site: async (name, files) => ({
      name,
      package: await packages.make(files),
      index: 'index.html',
      routes: [{ path: '/*' }],
      labels: { project: 'shop', stage: 'dev', component: name },
    }),
    things: awsThings(direct),
    get: async (url) => {
      const response = await fetch(url);
      return { status: response.status, text: await response.text() };
    },
    wire,
    reads: /^\w+ (GET|HEAD|Get|List|Describe)/,
    errors: ERRORS,
    ...(standIn.twice === undefined ? {} : { twice: standIn.twice }),
    byHand: {
      change: async (FunctionName) => {
        await lambda.putFunctionConcurrency({ FunctionName, ReservedConcurrentExecutions: 7 });
        return { part: 'reserved' };
      },
      create: async (FunctionName) => {
        const { file } = await packages.make({ 'index.js': handlerSource('by hand') });
        const trust = {
          Effect: 'Allow',
          Principal: { Service: 'lambda.amazonaws.com' },
          Action: 'sts:AssumeRole',
        };
        const { Role } = await new IAM(direct('iam')).createRole({
          RoleName: 'somebody',
          AssumeRolePolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [trust] }),
        });
        await lambda.createFunction({
          FunctionName,
          Runtime: `${runtime}.x` as 'nodejs20.x',
          Handler: 'index.handler',
          Role: Role!.Arn,
          Code: { ZipFile: await readFile(file) },
        });
      },
    },
    close: async () => {
      await wire.close();
      await standIn.close();
      packages.remove();
    },
  };
}

function digest(answer: string): string {
  return Buffer.from(answer).toString('hex').padEnd(64, '0');
}
