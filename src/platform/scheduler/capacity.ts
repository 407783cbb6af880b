/** What the machine's capacity asks of a pool. */
export interface Claimant {
  /** Instances that it has, those that are starting included. */
  count(): number;
  /** When its oldest waiting request came, as performance.now() tells; undefined: none waits. */
  waitingSince(): number | undefined;
  /** Since when its longest idle instance that it may lose is idle; undefined: it has none. */
  idleSince(): number | undefined;
  /** Ends that instance. */
  dropIdle(): void;
  /** Looks again whether its requests can be served. */
  pump(): void;
}

/** One pool's part of the machine. */
export interface Share {
  /** Whether one more instance may be made; ends another function's idle one for it if need be. */
  mayStart(): boolean;
  /** Whether an instance that has just become free is to be ended for another function's sake. */
  mustYield(): boolean;
  /** An instance has ended or become idle: others may be waiting for that. */
  freed(): void;
  leave(): void;
}

/** The instances that one machine bears, shared by the pools of all functions. */
export interface Capacity {
  join(claimant: Claimant): Share;
  /** Instances of all functions. */
  count(): number;
}

/** Milliseconds that a function without any instance waits for one that others have, if there are more than it. */
const TURN_MS = 500;

/**
 * At most `limit` instances. When they are all there, the instance that has been idle the longest makes room, whoever has it.
 * When none is idle, a function that has more than one waiting function would have with one more gives up the next that
 * becomes free; with more functions than instances they take turns of half a second: none starves. Default: no limit.
 */
export function createCapacity(limit: () => number = () => Infinity): Capacity {
  const claimants = new Set<Claimant>();
  const count = (): number => {
    let total = 0;
    for (const claimant of claimants) total += claimant.count();
    return total;
  };
  const hasRoom = (): boolean => limit() === Infinity || count() < limit();
  /** False: none is idle. */
  const makeRoom = (): boolean => {
    let oldest: Claimant | undefined;
    let since = Infinity;
    for (const claimant of claimants) {
      const idle = claimant.idleSince();
      if (idle !== undefined && idle < since) [oldest, since] = [claimant, idle];
    }
    oldest?.dropIdle();
    return oldest !== undefined;
  };
  /** Those with waiting requests, who has the fewest instances first, then who waits the longest. */
  const waiting = (except: Claimant): Claimant[] =>
    [...claimants]
      .filter((claimant) => claimant !== except && claimant.waitingSince() !== undefined)
      .sort((a, b) => a.count() - b.count() || a.waitingSince()! - b.waitingSince()!);

  /** Of two that would take each other's only instance: the older request's, and nobody's for longer than a turn. */
  const isItsTurn = (first: Claimant, claimant: Claimant): boolean => {
    const since = first.waitingSince()!;
    return since < (claimant.waitingSince() ?? Infinity) || performance.now() - since >= TURN_MS;
  };

  return {
    count,
    join: (claimant) => {
      claimants.add(claimant);
      return {
        // Whoever waits may take the room at once.
        mayStart: () => hasRoom() || (makeRoom() && hasRoom()),
        mustYield: () => {
          if (hasRoom()) return false;
          const [first] = waiting(claimant);
          if (first === undefined) return false;
          if (first.count() + 1 < claimant.count()) return true;
          return first.count() === 0 && isItsTurn(first, claimant);
        },
        freed: () => {
          if (limit() === Infinity) return;
          for (const other of waiting(claimant)) other.pump();
        },
        leave: () => void claimants.delete(claimant),
      };
    },
  };
}
