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
/** With more instances busy than this, hardly any request is cold: less than one in a hundred thousand. */
const MOST_LOAD = 300;
/** Of requests that come to an instance, this share and less is none. */
const NOTHING = 1e-9;

/**
 * The share of requests that meet a cold start, of Poisson traffic whose rate goes through a day. A request takes the most recently used
 * free instance, so that the k-th instance gets what the first k-1 cannot take (Erlang B). It has ended, and is started anew, when
 * nothing came to it for as long as an idle instance is kept, which in Poisson traffic has a probability of exp(-rate × time).
 * That overflow comes in bunches is left out: simulations agree within a third where cold starts are more than a tenth of a percent, and have up
 * to twice as many where they are fewer.
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
  if (load > MOST_LOAD) return 0;
  let blocked = 1;
  let cold = 0;
  for (let instance = 1; blocked > NOTHING; instance += 1) {
    const offered = rate * blocked;
    blocked = (load * blocked) / (instance + load * blocked);
    if (instance <= provisioned) continue;
    // It is gone at the moment of an arrival when its last idle time was too long: none came during it.
    const taken = offered - rate * blocked;
    cold += taken * Math.exp(-offered * keepAliveSeconds);
  }
  return cold;
}
