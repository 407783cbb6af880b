import type { JsonObject } from '../../../../src/events/types.ts';
import { openStore } from '../../../../src/emulators/store.ts';
import { openApigateway } from '../../../../src/emulators/tencent/apigateway/apigateway.ts';
import type { FunctionBooks, TencentContext } from '../../../../src/emulators/tencent/context.ts';
import type { TencentService } from '../../../../src/emulators/tencent/service.ts';
import type { CodeSpec, RunningCode } from '../../../../src/emulators/types.ts';
import { type TestGuests, testGuests } from '../../../support/guests.ts';
import { zipOf } from '../../../support/zip.ts';

export interface GatewayDesk {
  context: TencentContext;
  guests: TestGuests;
  /** An action of API 3.0. */
  call(action: string, parameters?: JsonObject): Promise<JsonObject>;
  /** One of the API before it. */
  callOld(action: string, parameters?: JsonObject): Promise<JsonObject>;
  /** As after a start of the platform. */
  reopen(): Promise<void>;
  close(): Promise<void>;
}

const REGION = 'ap-guangzhou';

/** The old gateway alone, in front of one function, `hello`, that is made of this code. */
export async function openDesk(code: string): Promise<GatewayDesk> {
  const guests = testGuests();
  const notices: string[] = [];
  guests.keepPackages(() => []);
  const { digest } = await guests.addPackage(await zipOf({ 'index.js': code }));
  const spec: CodeSpec = {
    name: `tencent.${REGION}.hello`,
    version: 0,
    code: digest,
    layers: [],
    start: { kind: 'handler', language: 'node', version: '20', handler: 'index.main_handler' },
    env: {},
    limits: { memory: 128, timeout: 5 },
    context: {},
  };
  const hello: RunningCode = guests.run(spec);
  const functions: FunctionBooks = {
    find: () => ({ type: 'Event', status: 'Active' }),
    running: ({ region, namespace, name }) =>
      region === REGION && namespace === 'default' && name === 'hello' ? hello : undefined,
    byId: () => undefined,
    all: () => [],
    setTags: () => Promise.resolve(),
  };
  const folder = guests.folder;
  const context: TencentContext = {
    folder,
    platform: guests,
    keys: { id: 'AKIDx', secret: 'x' },
    host: '127.0.0.1',
    now: Date.now,
    onNotice: (message) => void notices.push(message),
    baseUrl: () => '',
    openStore: (name, empty) =>
      openStore({ folder, name, empty, onNotice: (message) => void notices.push(message) }),
    peers: { functions },
    takeFault: () => undefined,
  };
  let service: TencentService = await openApigateway(context);
  const callAs =
    (version: string) =>
    (action: string, parameters: JsonObject = {}): Promise<JsonObject> =>
      service.handle({ requestId: 'r', service: 'apigateway', action, version, region: REGION, parameters });
  return {
    context,
    guests,
    call: callAs('2018-08-08'),
    callOld: callAs('v2'),
    reopen: async () => {
      await service.close?.();
      service = await openApigateway(context);
    },
    close: async () => {
      await service.close?.();
      await guests.close(0);
    },
  };
}
