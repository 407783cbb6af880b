import { allRoutes } from '../../../platform/deployments/routes.ts';
import type { Deployments } from '../../../platform/deployments/types.ts';
import type { InvocationError } from '../../../platform/errors.ts';
import type { Published } from '../../../platform/server.ts';
import type { RunningEmulator } from './emulate.ts';
import { createOutput, failureText, type Output } from '../../apps/output.ts';
import { colors } from '../../colors.ts';
import { printEvent, say } from '../../print-lines.ts';

/** Everything that `ropeway serve` says, for people or as JSON lines. */
export interface ServeOutput extends Output {
  serving(what: Serving): void;
  published(name: string, published: Published): void;
  /** `hasOlder`: there is a version that serves on. */
  notPublished(name: string, error: InvocationError, hasOlder: boolean): void;
  draining(seconds: number): void;
}

export interface Serving {
  url: string;
  /** Addresses of the control API. */
  control: string[];
  state: string;
  deployments: Deployments;
  emulators: Pick<RunningEmulator, 'name' | 'url' | 'envFile'>[];
}

/** `quiet`: no line per request, unless it failed. */
export function createServeOutput(json: boolean, quiet: boolean): ServeOutput {
  const output = createOutput(json);
  return {
    ...output,
    ...(json ? jsonOutput() : terminalOutput()),
    invocation: (record) => {
      if (!quiet || record.status >= 500 || record.error !== undefined) output.invocation(record);
    },
  };
}

type Own = Pick<ServeOutput, 'serving' | 'published' | 'notPublished' | 'draining'>;

function terminalOutput(): Own & Partial<ServeOutput> {
  return {
    serving: ({ url, control, state, deployments, emulators }) => {
      const { functions } = deployments;
      const routes = allRoutes(deployments);
      say(`\n  ${colors.bold(url)}   ${colors.dim('Ctrl-C stops it when everything is answered')}`);
      const isEmpty = routes.length === 0 && Object.keys(functions).length === 0;
      if (isEmpty && emulators.length === 0) {
        say('\n  nothing is deployed yet: ropeway serve <folder>, or publish through the control API');
      }
      const texts = routes.map((route) => `${route.host ?? ''}${route.path}`);
      const width = Math.max(0, ...texts.map((text) => text.length));
      for (const [index, route] of routes.entries()) {
        const what =
          route.site === undefined
            ? `${route.function} ${colors.dim(`version ${functions[route.function]?.aliases[route.alias]?.version}`)}`
            : `${route.site} ${colors.dim('site')}`;
        say(`  ${texts[index]!.padEnd(width)}  ${colors.dim('→')} ${what}`);
      }
      for (const { name, url: address, envFile } of emulators)
        say(`  ${name.padEnd(7)}  ${address}   ${colors.dim(`. ${envFile} leads its SDKs and CLIs here`)}`);
      say(colors.dim(`\n  control  ${control.join(', ')}\n  state    ${state}\n`));
    },
    published: (name, { version, unchanged, ready }) => {
      if (unchanged) say(`${colors.green('✓')} ${name} version ${version} is unchanged`);
      else
        say(`${colors.green('✓')} ${name} version ${version} loaded in ${Math.round(ready?.initMs ?? 0)} ms`);
    },
    notPublished: (name, error, hasOlder) => {
      say(failureText(error));
      say(hasOlder ? `  ${name}: the version that was there before goes on` : `  ${name} is not served`);
    },
    draining: (seconds) =>
      say(`\nStopping: requests in flight have ${seconds} s (once more to stop at once).`),
    appLine: ({ function: name, line, stream }) => {
      process[stream === 'stderr' ? 'stderr' : 'stdout'].write(`${colors.dim(`${name} │`)} ${line}\n`);
    },
  };
}

function jsonOutput(): Own {
  return {
    serving: ({ url, control, state, deployments, emulators }) => {
      const functions = Object.keys(deployments.functions);
      const clouds = emulators.map(({ name, url: address, envFile }) => ({ name, url: address, envFile }));
      printEvent('serving', {
        url,
        control,
        state,
        functions,
        routes: allRoutes(deployments),
        ...(clouds.length === 0 ? {} : { emulators: clouds }),
      });
    },
    published: (name, { version, unchanged, ready }) =>
      printEvent('published', { function: name, version, unchanged, ...(ready && { initMs: ready.initMs }) }),
    notPublished: (name, { code, message, app }, hasOlder) =>
      printEvent('not-published', { function: name, code, message, hasOlder, ...(app && { app }) }),
    draining: (seconds) => printEvent('draining', { seconds }),
  };
}
