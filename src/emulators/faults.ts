import type { Fault, Faults } from './types.ts';

export interface OpenFaults extends Faults {
  /** The fault that this call is to meet; it counts as one of its times. */
  take(operation: string): Fault['error'] | undefined;
}

export function createFaults(): OpenFaults {
  let faults: { fault: Fault; left: number }[] = [];
  return {
    add: (fault) => void faults.push({ fault, left: fault.times ?? 1 }),
    clear: () => {
      faults = [];
    },
    take: (operation) => {
      const found = faults.find(({ fault }) => fault.operation === operation || fault.operation === '*');
      if (found === undefined) return undefined;
      found.left -= 1;
      faults = faults.filter(({ left }) => left > 0);
      return found.fault.error;
    },
  };
}
