import { seededRandom } from '../stats/random.ts';
import { Fifo } from './fifo.ts';
import { Heap } from './heap.ts';
import { createMeter, type Meter } from './meter.ts';
import { createProcessors } from './processors.ts';
import { drawn, placeOf, type Prepared } from './prepare.ts';
import { createRequests } from './requests.ts';
import { Sketch } from './sketch.ts';
import type { Policy, SchedulerRules } from './types.ts';

/** What came of it. Times in milliseconds. */
export interface Outcome {
  requests: number;
  served: number;
  cold: number;
  throttled: number;
  timedOut: number;
  latency: Sketch;
  wait: Sketch;
  routes: { served: number; cold: number; latency: Sketch }[];
  meter: Meter;
  /** Loading of instances that were started on demand, each rounded up. */
  startedMs: number;
  /** Billed time of requests on instances that are kept ready. */
  provisionedMs: number;
}

interface Member {
  id: number;
  active: number;
  started: boolean;
  /** Started on demand, and not used yet. */
  cold: boolean;
  provisioned: boolean;
  initMs: number;
  isFree: boolean;
  idleSince: number;
  busySince: number;
  /** When it has been idle for long enough; it may have been used meanwhile. */
  deadline: number;
  hasTimer: boolean;
  hasCpu: boolean;
  waitingForCpu: number[];
  /** Requests that wait for it, and for no other. */
  bound: number[];
}

const [DONE, READY, REAP] = [0, 1, 2];
/** How soon, at least, an idle instance is looked at again that is kept ready. */
const LOOK_AGAIN_MS = 100;

/** Lets traffic meet a policy, event by event. The same input gives the same outcome. */
export function runPolicy(traffic: Prepared, policy: Policy, rules: SchedulerRules, seed: number): Outcome {
  const { concurrency, scheduler } = policy;
  const times = policy.kind === 'server' ? traffic.server : traffic.times;
  const usesCpu = policy.cores !== Infinity || concurrency > 1;
  // Every policy meets the same requests, with the same luck: only what starts draw differs.
  const random = seededRandom(seed);
  const startRandom = seededRandom(seed + 1);
  const events = new Heap();
  const processors = createProcessors(policy.cores);
  const requests = createRequests();
  const meter = createMeter(traffic.totalMs);
  const { level } = meter;
  const queue = new Fifo();
  const members: Member[] = [];
  const unused: number[] = [];
  /** The most recently used last, as in the platform's pool. */
  const free: Member[] = [];
  const idleTimes = rules.createIdleTimes();
  const learnsIdle = policy.keepAliveMs === 'auto';
  let now = 0;
  let starting = 0;
  let emptySince: number | undefined;
  let serviceMs: number | undefined;
  /** What a deployment started has told. */
  let loadMs: number | undefined = traffic.init.length === 0 ? undefined : drawn(traffic.init, 0.5);
  let lookAt = Infinity;
  let tokens = policy.startsPer10s;
  let tokensAt = 0;
  /** Of the cloud's scheduler: it is starting, and has room for one more. */
  let opening: Member | undefined;
  const outcome: Outcome = {
    requests: traffic.at.length,
    served: 0,
    cold: 0,
    throttled: 0,
    timedOut: 0,
    latency: new Sketch(),
    wait: new Sketch(),
    routes: times.map(() => ({ served: 0, cold: 0, latency: new Sketch() })),
    meter,
    startedMs: 0,
    provisionedMs: 0,
  };

  const newMember = (isReady: boolean, provisioned = false): Member => {
    const id = unused.pop() ?? members.length;
    const member: Member = {
      id,
      active: 0,
      started: isReady,
      cold: !isReady,
      provisioned,
      initMs: 0,
      isFree: false,
      idleSince: NaN,
      busySince: 0,
      deadline: 0,
      hasTimer: false,
      hasCpu: false,
      waitingForCpu: [],
      bound: [],
    };
    members[id] = member;
    level.instances += 1;
    return member;
  };

  const start = (): Member => {
    const member = newMember(false);
    const chance = startRandom();
    member.initMs = drawn(traffic.init, chance);
    outcome.startedMs += Math.ceil(member.initMs);
    starting += 1;
    const ms = drawn(traffic.start, chance);
    if (policy.cores === Infinity) events.push(now + ms, 4 * member.id + READY);
    else processors.begin(now, ms, 2 * member.id + 1);
    return member;
  };

  const isReady = (member: Member): void => {
    starting -= 1;
    member.started = true;
    loadMs = member.initMs;
    if (opening === member) opening = undefined;
    offer(member);
    for (const slot of member.bound) {
      level.waiting -= 1;
      lease(member, slot);
    }
    member.bound = [];
    pump();
  };

  const offer = (member: Member): void => {
    if (member.active === 0) {
      member.idleSince = now;
      reapLater(member);
    }
    if (member.isFree) return;
    member.isFree = true;
    free.push(member);
  };

  const takeFromFree = (member: Member): void => {
    member.isFree = false;
    if (free.at(-1) === member) free.pop();
    else free.splice(free.indexOf(member), 1);
  };

  const reapLater = (member: Member, leastMs = 0): void => {
    const wanted = policy.keepAliveMs === 'auto' ? idleTimes.keepFor() * 1000 : policy.keepAliveMs;
    const keep = Math.max(wanted, leastMs);
    member.deadline = now + keep;
    if (member.hasTimer || keep === Infinity) return;
    member.hasTimer = true;
    events.push(member.deadline, 4 * member.id + REAP);
  };

  const reap = (member: Member): void => {
    member.hasTimer = false;
    if (member.active > 0) return;
    if (now < member.deadline) {
      member.hasTimer = true;
      events.push(member.deadline, 4 * member.id + REAP);
    } else if (level.instances > policy.minInstances) remove(member);
    else reapLater(member, LOOK_AGAIN_MS);
  };

  const remove = (member: Member): void => {
    takeFromFree(member);
    level.instances -= 1;
    if (level.instances === 0) emptySince = member.idleSince;
    unused.push(member.id);
  };

  const lease = (member: Member, slot: number): void => {
    if (learnsIdle && !member.cold && member.active === 0) idleTimes.observe((now - member.idleSince) / 1000);
    if (member.active === 0) {
      member.busySince = now;
      level.busy += 1;
    }
    member.active += 1;
    requests.cold[slot] = member.cold ? 1 : 0;
    member.cold = false;
    if (member.active >= concurrency && member.isFree) takeFromFree(member);
    requests.leased[slot] = now;
    requests.member[slot] = member.id;
    outcome.wait.add(now - requests.arrived[slot]!);
    serve(member, slot);
  };

  const serve = (member: Member, slot: number): void => {
    const route = times[requests.route[slot]!]!;
    const ms = drawn(requests.cold[slot] === 1 ? route.first : route.warm, requests.chance[slot]!);
    const cpuMs = usesCpu ? ms * route.cpuShare : 0;
    requests.rest[slot] = ms - cpuMs;
    requests.cpu[slot] = cpuMs;
    // An instance has one core: Python's interpreter lock, and Node's one thread.
    if (cpuMs === 0) events.push(now + ms, 4 * slot + DONE);
    else if (member.hasCpu) member.waitingForCpu.push(slot);
    else takeCpu(member, slot);
  };

  const takeCpu = (member: Member, slot: number): void => {
    member.hasCpu = true;
    processors.begin(now, requests.cpu[slot]!, 2 * slot);
  };

  const cpuDone = (job: number): void => {
    if ((job & 1) === 1) {
      isReady(members[job >> 1]!);
      return;
    }
    const slot = job >> 1;
    const member = members[requests.member[slot]!]!;
    member.hasCpu = false;
    const next = member.waitingForCpu.shift();
    if (next !== undefined) takeCpu(member, next);
    if (requests.rest[slot]! > 0) events.push(now + requests.rest[slot]!, 4 * slot + DONE);
    else done(slot);
  };

  const done = (slot: number): void => {
    const member = members[requests.member[slot]!]!;
    const route = requests.route[slot]!;
    const latency = now - requests.arrived[slot]!;
    const isCold = requests.cold[slot]!;
    outcome.served += 1;
    outcome.cold += isCold;
    outcome.latency.add(latency);
    const ofRoute = outcome.routes[route]!;
    ofRoute.served += 1;
    ofRoute.cold += isCold;
    ofRoute.latency.add(latency);
    serviceMs = rules.learn(serviceMs, now - requests.leased[slot]!);
    member.active -= 1;
    if (member.active === 0) level.busy -= 1;
    if (member.provisioned) {
      if (concurrency === 1) outcome.provisionedMs += times[route]!.billedMs;
      else if (member.active === 0) outcome.provisionedMs += now - member.busySince;
    }
    requests.give(slot);
    offer(member);
    pump();
  };

  const pump = (): void => {
    while (queue.size > 0 && free.length > 0) {
      level.waiting -= 1;
      lease(free.at(-1)!, queue.shift());
    }
    if (queue.size > 0) scaleOut();
  };

  const scaleOut = (): void => {
    if (learnsIdle && level.instances === 0 && emptySince !== undefined)
      idleTimes.observe((now - emptySince) / 1000);
    emptySince = undefined;
    const room = policy.instances - level.instances;
    const starts = policy.startsAtOnce - starting;
    if (room <= 0 || starts <= 0 || !isWorthIt()) return;
    const missing = Math.ceil(queue.size / concurrency) - starting;
    for (let made = Math.min(missing, room, starts); made > 0; made -= 1) start();
  };

  const isWorthIt = (): boolean => {
    const startMs = policy.cheapStarts ? 0 : loadMs;
    const longestMs = now - requests.arrived[queue.first]!;
    const places = (level.instances - starting) * concurrency;
    if (rules.worthStarting({ startMs, serviceMs }, { requests: queue.size, longestMs, places })) return true;
    lookAt = now + startMs! - longestMs + 1;
    return false;
  };

  const arriveLocally = (slot: number): void => {
    if (queue.size === 0 && free.length > 0) lease(free.at(-1)!, slot);
    else if (queue.size >= policy.queueLength) turnAway(slot);
    else {
      queue.push(slot);
      level.waiting += 1;
      pump();
    }
  };

  const arriveInCloud = (slot: number): void => {
    if (free.length > 0) {
      lease(free.at(-1)!, slot);
      return;
    }
    const member = opening ?? startForOne();
    if (member === undefined) {
      turnAway(slot);
      return;
    }
    member.bound.push(slot);
    level.waiting += 1;
    opening = member.bound.length < concurrency ? member : undefined;
  };

  const startForOne = (): Member | undefined => {
    if (level.instances >= policy.instances) return undefined;
    tokens = Math.min(policy.startsPer10s, tokens + ((now - tokensAt) / 10_000) * policy.startsPer10s);
    tokensAt = now;
    if (tokens < 1) return undefined;
    tokens -= 1;
    return start();
  };

  const turnAway = (slot: number): void => {
    outcome.throttled += 1;
    requests.give(slot);
  };

  const giveUp = (): void => {
    outcome.timedOut += 1;
    level.waiting -= 1;
    requests.give(queue.shift());
    pump();
  };

  const arrive = scheduler === 'local' ? arriveLocally : arriveInCloud;
  for (let made = 0; made < policy.minInstances; made += 1) offer(newMember(true, true));
  for (let made = policy.minInstances; made < (policy.warmAtStart ?? 0); made += 1) offer(newMember(true));
  const { at, routes } = traffic;
  let next = 0;
  for (;;) {
    const arrival = next < at.length ? at[next]! * 1000 : Infinity;
    const cpu = usesCpu ? processors.next : Infinity;
    const event = events.next;
    const limit = queue.size > 0 ? requests.arrived[queue.first]! + policy.queueTimeoutMs : Infinity;
    const time = Math.min(arrival, cpu, event, limit, lookAt);
    if (time === Infinity || (next === at.length && requests.count === 0 && time > traffic.totalMs)) break;
    meter.until(time);
    now = time;
    if (cpu === time) cpuDone(processors.end(time));
    else if (event === time) {
      const what = events.pop();
      if ((what & 3) === DONE) done(what >> 2);
      else if ((what & 3) === READY) isReady(members[what >> 2]!);
      else reap(members[what >> 2]!);
    } else if (lookAt === time) {
      lookAt = Infinity;
      pump();
    } else if (limit === time) giveUp();
    else {
      const slot = requests.take();
      requests.arrived[slot] = time;
      const known = routes === undefined ? -1 : routes[next]!;
      requests.route[slot] = known >= 0 ? known : placeOf(traffic.mix, random());
      requests.chance[slot] = random();
      next += 1;
      arrive(slot);
    }
  }
  meter.until(Math.max(traffic.totalMs, now));
  return outcome;
}
