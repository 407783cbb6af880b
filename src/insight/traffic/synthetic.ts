import { type Random, seededRandom } from '../stats/random.ts';
import { badTraffic, parseRate, parseSeconds } from './durations.ts';
import type { Arrivals } from './types.ts';

/** More than this is refused: it would not be simulated within minutes. */
export const MOST_REQUESTS = 50_000_000;

const DAY = 86_400;
const WAVE_PEAK = 2;

/**
 * Traffic that is made up, the same for the same seed. `poisson:20/s`; `steady:20/s` (evenly); `wave:20/s` (a day's wave, lowest at its
 * beginning and end; `wave:20/s,x4` with a peak of four times the mean, at most); `burst:301` (at once, at the beginning) or
 * `burst:301/10s` (every ten seconds); `onoff:20/s,30s,300s` (30 seconds of it, then 300 of nothing). Several are joined with `+`.
 * Fails with BAD_TRAFFIC.
 */
export function syntheticTraffic(text: string, seconds: number, seed: number): Arrivals {
  const random = seededRandom(seed);
  const parts = text.split('+').map((part) => part.trim());
  const flows = parts.map((part) => flowOf(part));
  const expected = flows.reduce((sum, flow) => sum + flow.expected(seconds), 0);
  if (expected > MOST_REQUESTS)
    throw badTraffic(
      `${text} for ${seconds} s`,
      `that is about ${Math.round(expected)} requests, and ${MOST_REQUESTS} can be simulated`,
    );
  const all = flows.map((flow) => flow.make(seconds, random));
  const [first] = all;
  const at = all.length === 1 ? first! : merged(all);
  return { from: text, at, seconds, notes: [] };
}

interface Flow {
  /** Requests, on average. */
  expected(seconds: number): number;
  make(seconds: number, random: Random): Float64Array;
}

function flowOf(text: string): Flow {
  const [kind, value = ''] = splitAt(text, ':');
  const make = KINDS[kind];
  if (make === undefined) throw badTraffic(text, `there is no ${kind === '' ? 'such traffic' : kind}`);
  const flow = make(value);
  if (flow === undefined) throw badTraffic(text, `${kind} takes something else`);
  return flow;
}

const KINDS: Record<string, (value: string) => Flow | undefined> = {
  poisson: (value) => {
    const rate = parseRate(value);
    if (rate === undefined) return undefined;
    return {
      expected: (seconds) => rate * seconds,
      make: (seconds, random) => poisson(rate, seconds, random),
    };
  },
  steady: (value) => {
    const rate = parseRate(value);
    if (rate === undefined) return undefined;
    return {
      expected: (seconds) => rate * seconds,
      make: (seconds) =>
        Float64Array.from({ length: Math.floor(rate * seconds) }, (_, index) => index / rate),
    };
  },
  wave: (value) => {
    const [rateText = '', peakText = `x${WAVE_PEAK}`] = value.split(',');
    const rate = parseRate(rateText);
    const peak = /^x\d+(\.\d+)?$/.test(peakText.trim()) ? Number(peakText.trim().slice(1)) : undefined;
    if (rate === undefined || peak === undefined || peak < 1) return undefined;
    return {
      expected: (seconds) => rate * seconds,
      make: (seconds, random) => wave(rate, peak, seconds, random),
    };
  },
  burst: (value) => {
    const [countText, everyText] = splitAt(value, '/');
    const count = /^\d+$/.test(countText) ? Number(countText) : undefined;
    const every = everyText === undefined ? Infinity : parseSeconds(everyText);
    if (count === undefined || count === 0 || every === undefined || every === 0) return undefined;
    const rounds = (seconds: number): number =>
      every === Infinity ? 1 : Math.max(1, Math.ceil(seconds / every));
    return {
      expected: (seconds) => count * rounds(seconds),
      make: (seconds) =>
        Float64Array.from({ length: count * rounds(seconds) }, (_, index) => {
          const round = Math.floor(index / count);
          return round === 0 ? 0 : round * every;
        }),
    };
  },
  onoff: (value) => {
    const [rateText = '', onText = '', offText = ''] = value.split(',');
    const [rate, on, off] = [parseRate(rateText), parseSeconds(onText), parseSeconds(offText)];
    if (rate === undefined || on === undefined || off === undefined || on === 0) return undefined;
    return {
      expected: (seconds) => (rate * seconds * on) / (on + off),
      make: (seconds, random) => {
        const whole = poisson(rate, (seconds * on) / (on + off), random);
        return whole.map((time) => time + Math.floor(time / on) * off).filter((time) => time <= seconds);
      },
    };
  },
};

function poisson(rate: number, seconds: number, random: Random): Float64Array {
  if (rate === 0) return new Float64Array(0);
  return gathered(rate * seconds, (push) => {
    for (let time = exponential(random) / rate; time < seconds; time += exponential(random) / rate)
      push(time);
  });
}

/**
 * A Poisson process whose rate goes through a day as a wave, made by thinning: its mean is `rate`; its shape is a power of a sine, so that
 * any peak fits.
 */
function wave(rate: number, peak: number, seconds: number, random: Random): Float64Array {
  const shape = waveShape(peak);
  const most = rate * shape.most;
  if (most === 0) return new Float64Array(0);
  return gathered(rate * seconds, (push) => {
    for (let time = exponential(random) / most; time < seconds; time += exponential(random) / most) {
      if (random() * shape.most < shape.at(time / DAY)) push(time);
    }
  });
}

/** What the rate is of its mean at a time of day (0 to 1), and at most. */
export function waveShape(peak: number): { most: number; at(day: number): number } {
  if (peak <= WAVE_PEAK) {
    const height = peak - 1;
    return { most: peak, at: (day) => 1 - height * Math.cos(2 * Math.PI * day) };
  }
  // The mean of sin^n over a half turn falls with n: as much as makes the peak that was asked for.
  let [low, high] = [1, 1e4];
  for (let step = 0; step < 60; step += 1) {
    const power = (low + high) / 2;
    if (1 / meanOfSine(power) < peak) low = power;
    else high = power;
  }
  const mean = meanOfSine(low);
  return { most: 1 / mean, at: (day) => Math.abs(Math.sin(Math.PI * day)) ** low / mean };
}

const STEPS = 2000;

function meanOfSine(power: number): number {
  let sum = 0;
  for (let step = 0; step < STEPS; step += 1) sum += Math.sin((Math.PI * (step + 0.5)) / STEPS) ** power;
  return sum / STEPS;
}

/** From an exponential distribution with mean 1. */
function exponential(random: Random): number {
  return -Math.log(1 - random());
}

/** Values of an unknown number in a typed array. */
function gathered(about: number, fill: (push: (value: number) => void) => void): Float64Array {
  let values = new Float64Array(Math.ceil(about + 6 * Math.sqrt(about) + 16));
  let count = 0;
  fill((value) => {
    if (count === values.length) {
      const larger = new Float64Array(2 * count);
      larger.set(values);
      values = larger;
    }
    values[count] = value;
    count += 1;
  });
  return values.subarray(0, count);
}

function merged(flows: Float64Array[]): Float64Array {
  const all = new Float64Array(flows.reduce((sum, flow) => sum + flow.length, 0));
  let place = 0;
  for (const flow of flows) {
    all.set(flow, place);
    place += flow.length;
  }
  return all.sort();
}

function splitAt(text: string, separator: string): [string, string?] {
  const place = text.indexOf(separator);
  return place === -1 ? [text] : [text.slice(0, place), text.slice(place + 1)];
}
