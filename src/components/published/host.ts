import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';

import { RopewayError } from '../../lib/errors.ts';
import { answerQuestions } from './answers.ts';
import { type End, startChild } from './child-process.ts';
import { publishedAborted, publishedExit, publishedFailure } from './failures.ts';
import type { Failure, FromChild, HostRedirect, LogLine, StartMessage } from './messages.ts';
import { makePlace, type Place, removePlace } from './place.ts';
import { createMask, type Mask } from './secrets.ts';

export type { HostRedirect, LogLine } from './messages.ts';

export interface PublishedOptions {
  /** Absolute folder of the component: `serverless.js`, or a package whose main module exports a class that extends Component. */
  folder: string;
  /** Of the instance, such as `Template.shop.TencentScf`. */
  id: string;
  /** The project's absolute folder: the working directory, and where relative paths of inputs are meant from. */
  root: string;
  stage: string;
  /** By cloud: `{ tencent: { AppId, SecretId, SecretKey, token } }`. All but AppId and its like is kept out of log lines and errors. */
  credentials: Record<string, Record<string, string>>;
  /** By id, of the component and of its children. `save()` of the component resolves when `write` has. */
  state: { read(id: string): Promise<unknown>; write(id: string, value: unknown): Promise<void> };
  /** Whether `load(name)` of the component gives a child that runs here. Others are loaded from disk, beside the component or in the project. */
  provide?(name: string): boolean;
  /** Runs a method of such a child. `id` is `<id of the component>.<alias or class name>`. */
  callProvided?(name: string, id: string, method: string, inputs: unknown): Promise<unknown>;
  /** Where requests go instead. When given, hosts that are not in it are refused (loopback excepted); without it they are the real ones. Reports and log-ins are never let out. */
  redirect?: HostRedirect[];
  onLog(line: LogLine): void;
  /** Ends the component and all its processes. */
  signal?: AbortSignal;
}

/**
 * Runs a method of a published Serverless Component 1.x in a process of its own and returns its outputs as JSON would keep them. Throws
 * PUBLISHED_FAILED with the component's own words, PUBLISHED_EXITED when it ended its process, PUBLISHED_UNFINISHED, PUBLISHED_ABORTED,
 * NOT_A_COMPONENT, NO_SUCH_METHOD, CREDENTIALS_NEEDED, OUTPUTS_NOT_JSON; errors of `state` and `callProvided` that the component lets through as they are.
 */
export async function callPublished(
  options: PublishedOptions,
  method: string,
  inputs: unknown,
): Promise<unknown> {
  if (options.signal?.aborted) throw publishedAborted(options.id);
  await mustBeFolder(options.root);
  const place = await makePlace();
  try {
    return await converse(options, place, method, inputs);
  } finally {
    await removePlace(place);
  }
}

/** What a component printed last is shown when it ended without a word. */
const SHOWN_LINES = 20;

/** How a child said that it ended. */
type Word = { outputs: unknown } | { failure: Failure };

async function converse(
  options: PublishedOptions,
  place: Place,
  method: string,
  inputs: unknown,
): Promise<unknown> {
  const mask = createMask(options.credentials);
  const answering = answerQuestions(options);
  const printed: string[] = [];
  let word: Word | undefined;

  const child = startChild({
    place,
    root: options.root,
    isOffline: options.redirect !== undefined,
    mask,
    onMessage(message: FromChild) {
      if (message.type === 'log') options.onLog({ level: message.level, text: mask(message.text) });
      else if (message.type === 'done') word ??= { outputs: message.outputs };
      else if (message.type === 'failed') word ??= { failure: maskFailure(message.failure, mask) };
      else void answering.answer(message.question, message.about).then(child.send);
    },
    onOutput(line) {
      printed.push(line.text);
      if (printed.length > SHOWN_LINES) printed.shift();
      options.onLog(line);
    },
  });
  options.signal?.addEventListener('abort', child.stop, { once: true });
  child.send(startMessage(options, place, method, inputs));
  let end: End;
  try {
    end = await child.ended;
  } finally {
    options.signal?.removeEventListener('abort', child.stop);
  }
  // A state that was handed over is written, even when the one who saved it is gone.
  await answering.idle();
  if (word !== undefined && 'outputs' in word) return word.outputs;
  if (options.signal?.aborted) throw publishedAborted(options.id);
  if (word === undefined) throw publishedExit(options.id, end, printed);
  const { failure } = word;
  throw failure.failure === undefined
    ? publishedFailure(options.id, failure)
    : answering.failure(failure.failure);
}

function startMessage(
  options: PublishedOptions,
  place: Place,
  method: string,
  inputs: unknown,
): StartMessage {
  const { folder, id, root, stage, credentials, redirect } = options;
  return {
    type: 'start',
    folder,
    id,
    root,
    stateRoot: place.state,
    instanceId: instanceId(root, stage),
    credentials,
    ...(redirect === undefined ? {} : { redirects: redirect }),
    method,
    ...(inputs === undefined ? {} : { inputs }),
  };
}

/** Begins with a letter: names of buckets and functions are made of it. */
function instanceId(root: string, stage: string): string {
  const digest = createHash('sha256').update(`${root}\0${stage}`).digest('hex');
  return `r${digest.slice(0, 7)}`;
}

function maskFailure(failure: Failure, mask: Mask): Failure {
  return { ...failure, message: mask(failure.message) };
}

async function mustBeFolder(root: string): Promise<void> {
  const isFolder = await stat(root).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (isFolder) return;
  throw new RopewayError({
    code: 'NOT_FOUND',
    message: `There is no folder ${root}.`,
    expected: "the project's folder",
    fix: 'give the folder that has the serverless.yml',
  });
}
