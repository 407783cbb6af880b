import type { TencentContext } from '../context.ts';
import type { Ledger } from './ledger.ts';
import type { AsyncEvents } from './invoking/async-events.ts';
import type { Invocations } from './invoking/invocations.ts';
import type { RunningCodes } from './running.ts';
import type { Settling } from './settling.ts';
import type { Domains } from './domains/listener.ts';
import type { Timers } from './triggers/timers.ts';
import type { Urls } from './triggers/urls.ts';
import type { Zips } from './zips.ts';

/** What the actions of SCF work with. */
export interface Desk {
  context: TencentContext;
  ledger: Ledger;
  zips: Zips;
  /** An address that gives out a package for a while. */
  downloadUrl(digest: string): string;
  running: RunningCodes;
  settling: Settling;
  invocations: Invocations;
  asyncEvents: AsyncEvents;
  urls: Urls;
  timers: Timers;
  domains: Domains;
}
