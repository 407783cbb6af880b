import type { scf } from 'tencentcloud-sdk-nodejs-scf';

import type { ActionCall } from '../service.ts';

/** Requests and responses are those of the cloud's own SDK. */
type Client = InstanceType<typeof scf.v20180416.Client>;

export type ActionName = Extract<keyof Client, Capitalize<string>>;

export type Request<A extends ActionName> = NonNullable<Parameters<Client[A]>[0]>;

/** Without `RequestId`, which the emulator's server adds. */
export type Response<A extends ActionName> = Omit<Awaited<ReturnType<Client[A]>>, 'RequestId'>;

/** What an action does. Throws or rejects with `TencentError`. */
export type Handler<A extends ActionName> = (
  request: Request<A>,
  call: Pick<ActionCall, 'region' | 'requestId'>,
) => Response<A> | Promise<Response<A>>;

/** Some of the actions. */
export type Handlers<A extends ActionName> = { [Name in A]: Handler<Name> };

/** All of them: an action that the SDK has and this list has not is no program. */
export type AllHandlers = Handlers<ActionName>;
