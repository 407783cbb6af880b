import type { Emulator, EmulatorOptions } from './types.ts';

export interface KnownEmulator {
  name: Emulator['name'];
  /** Where it listens unless it is told otherwise. */
  port: number;
  /** Loads it and starts it. Rejects with PORT_TAKEN, LISTEN_FAILED, STATE_BROKEN. */
  start(options: EmulatorOptions): Promise<Emulator>;
}

/** Loaded only when they are wanted. */
export const EMULATORS: readonly KnownEmulator[] = [
  {
    name: 'aws',
    // Where tools that know of local clouds look.
    port: 4566,
    start: async (options) => (await import('./aws/emulator.ts')).startAwsEmulator(options),
  },
  {
    name: 'tencent',
    port: 4567,
    start: async (options) => (await import('./tencent/emulator.ts')).startTencentEmulator(options),
  },
];
