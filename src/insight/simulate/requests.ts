/** Requests that are there: a slot each, which is used again when its request has gone. */
export interface Requests {
  /** Moment in milliseconds; by slot. */
  arrived: Float64Array;
  leased: Float64Array;
  /** 0 to 1: what its time is drawn with. */
  chance: Float64Array;
  /** Milliseconds of waiting that follow its processor time. */
  rest: Float64Array;
  cpu: Float64Array;
  route: Int16Array;
  member: Int32Array;
  cold: Uint8Array;
  readonly count: number;
  take(): number;
  give(slot: number): void;
}

export function createRequests(): Requests {
  let room = 1024;
  let used = 0;
  const unused: number[] = [];
  const requests: Requests = {
    arrived: new Float64Array(room),
    leased: new Float64Array(room),
    chance: new Float64Array(room),
    rest: new Float64Array(room),
    cpu: new Float64Array(room),
    route: new Int16Array(room),
    member: new Int32Array(room),
    cold: new Uint8Array(room),
    get count() {
      return used - unused.length;
    },
    take: () => {
      const slot = unused.pop();
      if (slot !== undefined) return slot;
      if (used === room) grow();
      used += 1;
      return used - 1;
    },
    give: (slot) => void unused.push(slot),
  };
  const grow = (): void => {
    room *= 2;
    const doubles = ['arrived', 'leased', 'chance', 'rest', 'cpu'] as const;
    for (const name of doubles) {
      const larger = new Float64Array(room);
      larger.set(requests[name]);
      requests[name] = larger;
    }
    const route = new Int16Array(room);
    route.set(requests.route);
    const member = new Int32Array(room);
    member.set(requests.member);
    const cold = new Uint8Array(room);
    cold.set(requests.cold);
    Object.assign(requests, { route, member, cold });
  };
  return requests;
}
