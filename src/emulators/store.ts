import { openTwinFile } from '../lib/twin-file.ts';

/** What an emulator has been told, in memory and on disk. */
export interface Store<T> {
  /** Never to be changed in place. */
  current(): T;
  /** The value after it, which is on the disk when this resolves. What `make` throws leaves everything as it was. Resolves with what `make` returned beside. */
  change<R>(make: (value: T) => { value: T; result: R }): Promise<R>;
  /** Resolves when all that was changed is on the disk. */
  settled(): Promise<void>;
}

export interface StoreOptions<T> {
  /** Absolute; made when missing. */
  folder: string;
  /** `lambda`: the file is `lambda.json`. */
  name: string;
  /** What there is in the beginning. */
  empty: T;
  onNotice(message: string): void;
}

/** Opens it. Throws STATE_BROKEN. Changes are seen at once by who reads, one after the other. */
export function openStore<T>({ folder, name, empty, onNotice }: StoreOptions<T>): Store<T> {
  const file = openTwinFile(folder, name, onNotice);
  const found = file.read();
  let value = found === undefined ? empty : (found.value as T);
  let last: Promise<unknown> = Promise.resolve();
  return {
    current: () => value,
    change: async (make) => {
      const made = make(value);
      if (made.value !== value) {
        ({ value } = made);
        last = file.write(value);
        await last;
      }
      return made.result;
    },
    settled: async () => {
      await last;
    },
  };
}
