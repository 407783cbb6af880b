import { RopewayError } from '../../../../lib/errors.ts';
import type { JsonValue } from '../../../../events/types.ts';
import type { CodeAnswer, RunningCode } from '../../../types.ts';
import type { QualifiedFunction, TencentContext } from '../../context.ts';
import type { FunctionRecord, VersionRecord } from '../books.ts';
import { failed, notFound } from '../errors.ts';
import type { Ledger } from '../ledger.ts';
import type { RunningCodes } from '../running.ts';
import { pickVersion } from './routing.ts';

/** Calls of functions by whatever way. */
export interface Invocations {
  /** What a request for this qualifier runs this time; a text: why there is nothing to run. */
  codeFor(wanted: QualifiedFunction): RunningCode | string;
  /** Rejects with `TencentError` when there is nothing to call; what goes wrong then is in the answer. */
  invoke(wanted: QualifiedFunction, call: Call): Promise<CodeAnswer>;
  /** What the calls of the last while returned, by their ids. */
  returned(requestId: string): string | undefined;
}

export interface Call {
  requestId: string;
  event: JsonValue;
  routingKey?: Record<string, string>;
}

interface InvocationsOptions {
  context: TencentContext;
  ledger: Ledger;
  running: RunningCodes;
}

const REMEMBERED = 1000;
const REMEMBERED_CHARACTERS = 4096;
/** Statuses in which a version answers: while it is updated, it is the one before. */
const CALLABLE = new Set(['Active', 'Updating', 'UpdateFailed']);

export function openInvocations({ ledger, running }: InvocationsOptions): Invocations {
  const remembered = new Map<string, string>();

  const codeOf = (wanted: QualifiedFunction, record: FunctionRecord, version: VersionRecord): RunningCode => {
    const { before } = version;
    return running.get(wanted, record, before === undefined ? version : { ...version, ...before });
  };

  return {
    codeFor: (wanted) => {
      const functions = ledger.books().regions[wanted.region]?.namespaces[wanted.namespace]?.functions ?? {};
      const record = Object.hasOwn(functions, wanted.name) ? functions[wanted.name]! : undefined;
      if (record === undefined) return `there is no function ${wanted.name}`;
      const version = pickVersion(record, wanted.qualifier, {});
      if (version === undefined) return `there is no version or alias ${wanted.qualifier} of ${wanted.name}`;
      if (!CALLABLE.has(version.status)) return `${wanted.name} is in status ${version.status}`;
      try {
        return codeOf(wanted, record, version);
      } catch (error) {
        if (error instanceof RopewayError) return error.message;
        throw error;
      }
    },
    invoke: async (wanted, { requestId, event, routingKey = {} }) => {
      const record = ledger.find(wanted);
      const version = pickVersion(record, wanted.qualifier, routingKey);
      if (version === undefined) throw notFound('Qualifier', wanted.qualifier);
      if (!CALLABLE.has(version.status))
        throw failed('FunctionStatusError', `The function [${wanted.name}] is in status ${version.status}.`);
      let code: RunningCode;
      try {
        code = codeOf(wanted, record, version);
      } catch (error) {
        if (error instanceof RopewayError) throw failed('InvokeFunction', error.message);
        throw error;
      }
      const answer = await code.invoke({ requestId, event });
      remembered.set(requestId, (JSON.stringify(answer.result) ?? '').slice(0, REMEMBERED_CHARACTERS));
      for (const [oldest] of remembered) {
        if (remembered.size <= REMEMBERED) break;
        remembered.delete(oldest);
      }
      return answer;
    },
    returned: (requestId) => remembered.get(requestId),
  };
}
