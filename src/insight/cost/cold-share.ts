import { waveShape } from '../traffic/synthetic.ts';

export interface ColdTraffic {
  /** Mean. */
  requestsPerSecond: number;
  /** Mean time that a request keeps an instance. */
  serviceSeconds: number;
  keepAliveSeconds: number;
  /** Instances that are always there. Default 0. */
  provisioned?: number;
  /** The day's peak as a multiple of its mean. Default 1: the same all day. */
  peak?: number;
}

/** Hours of a day that are looked at. */
const HOURS = 24;
/** Instances that are looked at one by one; what comes to more of them is never cold for long. */
const MOST = 5000;
/** Of requests that come to an instance, this share and less is none. */
const NOTHING = 1e-9;

/**
 * The share of requests that meet a cold start, of Poisson traffic whose rate goes through a day. A request takes the most recently used
 * free instance, so that the k-th instance gets what the first k-1 cannot take (Erlang B). It has ended, and is started anew, when
 * nothing came to it for as long as an idle instance is kept, which in Poisson traffic has a probability of exp(-rate × time).
 * That overflow comes in bunches is left out: in simulations this is right to about a tenth of the share from one request a day to
 * hundreds a second.
 */
export function expectedColdShare(traffic: ColdTraffic): number {
  const { peak = 1, requestsPerSecond } = traffic;
  if (requestsPerSecond <= 0) return traffic.provisioned === undefined ? 1 : 0;
  if (peak <= 1) return Math.min(1, coldPerSecond(traffic, requestsPerSecond) / requestsPerSecond);
  const shape = waveShape(peak);
  let cold = 0;
  for (let hour = 0; hour < HOURS; hour += 1)
    cold += coldPerSecond(traffic, requestsPerSecond * shape.at((hour + 0.5) / HOURS)) / HOURS;
  return Math.min(1, cold / requestsPerSecond);
}

function coldPerSecond(
  { serviceSeconds, keepAliveSeconds, provisioned = 0 }: ColdTraffic,
  rate: number,
): number {
  const load = rate * serviceSeconds;
  let blocked = 1;
  let cold = 0;
  for (let instance = 1; instance <= MOST && blocked > NOTHING; instance += 1) {
    const offered = rate * blocked;
    blocked = (load * blocked) / (instance + load * blocked);
    if (instance <= provisioned) continue;
    // It is gone at the moment of an arrival when its last idle time was too long: none came during it.
    const taken = offered - rate * blocked;
    cold += taken * Math.exp(-offered * keepAliveSeconds);
  }
  return cold;
}
