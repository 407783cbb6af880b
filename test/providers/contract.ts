import { afterAll, afterEach, beforeAll, describe, test } from 'vitest';

import type { FunctionDeployment, Provider, SiteDeployment } from '../../src/providers/types.ts';
import { cutTests } from './contract/cuts.ts';
import { functionTests } from './contract/functions.ts';
import { refusalTests } from './contract/refusals.ts';
import { siteAndGatewayTests } from './contract/sites-and-gateways.ts';
import type { Wire } from '../support/wire.ts';

/** A cloud, or this machine, with a provider for it. */
export interface Cloud {
  /** As a new command has it: it remembers nothing of what others have done. */
  provider(signal?: AbortSignal): Provider;
  /** What a deployment of this provider looks like. Its function answers with `answer`, over HTTP and when it is invoked. */
  deployment(wish: Wish): Promise<FunctionDeployment>;
  /** Files of a site, by path. */
  site(name: string, files: Record<string, string>): Promise<SiteDeployment>;
  /** Texts for all that there is in the cloud, whoever made it: functions, versions, aliases, roles, layers… */
  things(): Promise<string[]>;
  /** Answer to a GET by anybody. */
  get(url: string): Promise<{ status: number; text: string }>;
  /** Absent: there are no calls that one can listen to. */
  wire?: Wire;
  /** Names of calls on the wire that change nothing. */
  reads?: RegExp;
  /** A domain that routes of gateways need; they take all methods then. */
  host?: string;
  /** By whose names calls are known on the wire, and what the cloud says. */
  errors?: Errors;
  /** Calls that what stands in for the cloud does twice when it is asked twice, which the cloud itself does not. */
  twice?: RegExp;
  byHand: {
    /** Changes what can be changed in the console of a function that is deployed. `part`: where the provider is to see it. */
    change(name: string): Promise<{ part: string }>;
    /** Makes a function that nobody of us has made. */
    create(name: string): Promise<void>;
  };
  close(): Promise<void>;
}

export interface Wish {
  name: string;
  answer: string;
  env?: Record<string, string>;
  /** Share of the requests. */
  canary?: number;
  /** The app cannot be loaded: it raises an error with this text. */
  broken?: string;
  labels?: Record<string, string>;
  /** Default: the function has an address of its own. */
  routes?: FunctionDeployment['routes'];
}

/** How a cloud refuses. `call`: matches the name of the call that makes a function. */
export interface Errors {
  call: RegExp;
  throttled: WireError;
  expired: WireError;
  denied: WireError & { needs: string };
  quota: WireError;
}

export interface WireError {
  status: number;
  code: string;
  message: string;
}

/** A test of the contract; `run` gets a cloud in which others have left nothing that matters. */
export interface ContractTest {
  title: string;
  run(cloud: Cloud): Promise<void>;
  seconds?: number;
}

const TESTS: readonly ContractTest[] = [
  ...functionTests,
  ...siteAndGatewayTests,
  ...refusalTests,
  ...cutTests,
];

/** Titles of the tests of what a cloud may say. */
export const REFUSALS: readonly string[] = refusalTests.map(({ title }) => title);

/**
 * What every provider has to do, tried on one. `skips`: titles of tests that this one cannot pass, each with the reason; one that names no test
 * is an error.
 */
export function describeProvider(
  name: string,
  setUp: () => Promise<Cloud>,
  skips: Record<string, string> = {},
): void {
  const unknown = Object.keys(skips).find((title) => !TESTS.some((one) => one.title === title));
  if (unknown !== undefined) throw new Error(`${name} skips '${unknown}', which is no test of the contract`);
  describe(`the provider ${name}`, () => {
    let cloud: Cloud & { clean(): Promise<void> };
    beforeAll(async () => {
      cloud = cleaning(await setUp());
    });
    afterAll(() => cloud?.close());
    afterEach(() => cloud.clean(), 60_000);
    for (const { title, run, seconds = 60 } of TESTS) {
      const reason = skips[title];
      if (reason !== undefined) test.skip(`${title} (not here: ${reason})`, () => undefined);
      else test(title, () => run(cloud), seconds * 1000);
    }
  });
}

/** Removes after a test what it has deployed, so that what there is stays little. */
function cleaning(cloud: Cloud): Cloud & { clean(): Promise<void> } {
  const functions = new Set<string>();
  const sites = new Set<string>();
  return {
    ...cloud,
    deployment: (wish) => {
      functions.add(wish.name);
      return cloud.deployment(wish);
    },
    site: (name, files) => {
      sites.add(name);
      return cloud.site(name, files);
    },
    clean: async () => {
      cloud.wire?.heal();
      const provider = cloud.provider();
      for (const name of functions) await provider.removeFunction(name);
      for (const name of sites) await provider.removeSite(name);
      functions.clear();
      sites.clear();
    },
  };
}
