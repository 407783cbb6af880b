import { type Random, seededRandom } from '../../../src/insight/stats/random.ts';
import { statsOf } from '../../../src/insight/stats/stats.ts';
import type {
  AdviceResult,
  BenchResult,
  BurstRound,
  Circumstances,
  ImportNode,
  ProfileResult,
  RateStep,
  Series,
} from '../../../src/insight/types.ts';

/** Figures as the article's: simple routes and a heavy one, 301 at once in three rounds, and what each costs cold. */
export function articleBench(): BenchResult {
  return structuredClone((made ??= make()));
}

let made: BenchResult | undefined;

function make(): BenchResult {
  const random = seededRandom(7);
  const requests = ROUTES.map(({ name }) => ({ name, method: 'GET', path: name, route: name }));
  return {
    kind: 'bench',
    version: 1,
    circumstances: CIRCUMSTANCES,
    app: APP,
    requests,
    subjects: [
      { name: 'server', title: 'gunicorn 23.0.0, 1 worker', confinement: '1 core, 2048 MB (cgroup)' },
      {
        name: 'function',
        title: 'Flask as a function, tencent-url events',
        confinement: '256 MB each, on all cores',
      },
      { name: 'bare', title: 'function without a framework', confinement: '256 MB each, on all cores' },
    ],
    sequential: [
      ...ROUTES.flatMap(({ name, server, fn }) => [
        series(name, 'server', spread(server, 0.12, 200, random)),
        series(name, 'function', spread(fn, 0.16, 200, random)),
      ]),
      series('bare handler', 'bare', spread(0.92, 0.15, 200, random)),
    ],
    cold: [
      ...ROUTES.flatMap(({ name, fn, load }) => [
        cold({ request: name, subject: 'function', start: 'fresh', loadMs: load, warmMs: fn }, random),
        cold({ request: name, subject: 'function', start: 'template', loadMs: 9, warmMs: fn }, random),
      ]),
      cold({ request: 'bare handler', subject: 'bare', start: 'fresh', loadMs: 48, warmMs: 0.92 }, random),
    ],
    bursts: [1, 2, 3].flatMap((round) => [
      burst({ subject: 'server', from: 'warm', round, firstMs: 210, eachMs: 10.6 }, random),
      burst({ subject: 'function', from: 'warm', round, firstMs: 150, eachMs: 3.2 }, random),
      burst({ subject: 'function', from: 'cold', start: 'fresh', round, firstMs: 640, eachMs: 3.3 }, random),
    ]),
    rates: [5, 10, 20, 40, 80, 120].flatMap((perSecond) => [
      rate('server', perSecond, 11 + (perSecond > 80 ? (perSecond - 80) * 22 : perSecond / 12), random),
      rate('function', perSecond, 14 + perSecond / 30, random),
    ]),
    metering: ROUTES.map(({ name, fn, memory, bytes }) => ({
      request: name,
      calls: 200,
      durationMs: { value: fn * 0.8, low: fn * 0.77, high: fn * 0.84 },
      peakMemoryMb: memory,
      memoryLimitMb: 256,
      gbSeconds: (Math.ceil(fn * 0.8) / 1000) * 0.25,
      responseBytes: bytes,
    })),
    notes: [
      'POST /hello was left out: it changes things; --all-methods measures it too.',
      'The server was confined by CPU affinity: this system has no cgroup for it.',
    ],
    settings: { requests: 200, coldStarts: 20, burst: 301, rounds: 3, seed: 7, instances: 32 },
  };
}

export function articleProfile(): ProfileResult {
  const node = (name: string, owner: string, selfMs: number, children: ImportNode[] = []): ImportNode => ({
    name,
    owner,
    selfMs,
    totalMs: children.reduce((sum, child) => sum + child.totalMs, selfMs),
    totalMb: Math.round(selfMs * 12) / 100,
    children,
  });
  const many = Array.from({ length: 40 }, (_, index) =>
    node(`jieba._part${index}`, 'jieba', 0.2 + (index % 5)),
  );
  return {
    kind: 'profile',
    version: 1,
    circumstances: CIRCUMSTANCES,
    app: APP,
    load: { totalMs: 612, runtimeMs: 48, memoryMb: 141 },
    imports: [
      node('app', 'app', 3.1, [
        node('flask', 'flask', 22, [
          node('werkzeug', 'werkzeug', 31, [
            node('werkzeug.routing', 'werkzeug', 11),
            node('http.client', '(standard library)', 7.5, [node('email.parser', '(standard library)', 12)]),
          ]),
          node('jinja2', 'jinja2', 34, [node('asyncio', '(standard library)', 28)]),
          node('click', 'click', 14),
        ]),
        node('jieba', 'jieba', 280, many),
      ]),
    ],
    routes: [
      {
        request: 'GET /hello/<name>',
        firstMs: 4.2,
        warmMs: 1.1,
        cpuMs: 0.9,
        loadedMb: 48,
        peakMb: 52,
        growthKbPerRequest: 0.1,
        lateImports: [],
        responseBytes: 10,
      },
      {
        request: 'GET /jieba',
        firstMs: 810,
        warmMs: 12.8,
        cpuMs: 12.1,
        loadedMb: 48,
        peakMb: 212,
        growthKbPerRequest: 3.4,
        lateImports: [
          { name: 'jieba', ms: 702 },
          { name: 'jieba.finalseg', ms: 41 },
        ],
        responseBytes: 2_411,
      },
      {
        request: 'GET /broken',
        firstMs: 0,
        warmMs: 0,
        cpuMs: 0,
        loadedMb: 0,
        peakMb: 0,
        growthKbPerRequest: 0,
        lateImports: [],
        responseBytes: 0,
        failed: 'status 500: KeyError: <id>',
      },
    ],
    notes: ['The import tree is the median of 5 fresh processes.'],
  };
}

export function articleAdvice(): AdviceResult {
  return {
    kind: 'advice',
    version: 1,
    circumstances: CIRCUMSTANCES,
    app: APP,
    findings: [
      {
        id: 'sqlite-on-read-only-disk',
        severity: 'low',
        title: 'SQLite file on a disk that is read-only',
        evidence: [{ place: 'app.py:12', text: "sqlite3.connect('data.db')" }],
        effect: 'Writes fail.',
        change: 'Use a database that is reached over the network.',
        appliable: false,
      },
      {
        id: 'route-memory',
        severity: 'high',
        title: 'GET /jieba needs four times the memory of the other routes',
        evidence: [{ place: 'GET /jieba', text: 'peaks at 212 MB; the others stay below 54 MB' }],
        effect: 'All calls pay for 256 MB: 3.9 times as much as they need.',
        change: 'Give the route a function of its own.',
        yaml: "functions:\n  default: { memory: 64 }\n  segment: { memory: 256, routes: ['/jieba'] }",
        appliable: true,
      },
    ],
    notes: [],
  };
}

const CIRCUMSTANCES: Circumstances = {
  time: '2026-12-01T09:30:00.000Z',
  ropeway: '0.1.0',
  platform: 'linux x64',
  cpu: 'Some CPU @ 3.0 GHz',
  cores: 8,
  memoryMb: 16_384,
  node: '20.20.2',
  python: '3.11.7',
  noise: { median: 1.31, p95: 1.44, runs: 120 },
};

const APP = { name: 'segmentation', framework: 'Flask', runtime: 'python' } as const;

const ROUTES = [
  { name: 'GET /hello/<name>', server: 1.05, fn: 2.4, load: 590, memory: 52, bytes: 10 },
  { name: 'GET /query?name=Ada', server: 1.1, fn: 2.5, load: 588, memory: 53, bytes: 13 },
  { name: 'GET /jieba', server: 11.9, fn: 13.6, load: 1310, memory: 212, bytes: 2_411 },
];

const BURST = 301;

/** Values with a long tail, as latencies have. */
function spread(middle: number, width: number, count: number, random: Random): number[] {
  return Array.from({ length: count }, () => {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    return Math.round(middle * Math.exp(width * normal) * 1000) / 1000;
  });
}

function series(request: string, subject: string, samples: number[]): Series {
  return { request, subject, samples, failed: 0, failures: {}, stats: statsOf(samples) };
}

interface Cold {
  request: string;
  subject: string;
  start: 'fresh' | 'template';
  loadMs: number;
  warmMs: number;
}

function cold({ request, subject, start, loadMs, warmMs }: Cold, random: Random) {
  const initMs = spread(loadMs, 0.08, 20, random);
  return {
    ...series(
      request,
      subject,
      initMs.map((ms) => ms + warmMs * 2),
    ),
    start,
    initMs,
  };
}

interface Burst extends Pick<BurstRound, 'subject' | 'from' | 'start' | 'round'> {
  firstMs: number;
  eachMs: number;
}

function burst({ firstMs, eachMs, ...of }: Burst, random: Random): BurstRound {
  const points = Array.from({ length: BURST }, (_, index) => ({
    at: Math.round(index * 20) / 1000,
    ms: Math.round((firstMs + index * eachMs) * (0.92 + random() * 0.16) * 100) / 100,
    ok: true,
    ...(of.subject === 'function' && { cold: of.from === 'cold' && index < 32 }),
  }));
  const times = points.map(({ ms }) => ms);
  return {
    ...of,
    request: 'GET /jieba',
    sent: BURST,
    succeeded: BURST,
    failed: 0,
    exceptions: 0,
    totalMs: Math.max(...times) + 6,
    stats: statsOf(times),
    points,
  };
}

function rate(subject: string, perSecond: number, middle: number, random: Random): RateStep {
  const sent = perSecond * 10;
  return {
    subject,
    request: 'GET /jieba',
    perSecond,
    achieved: Math.min(perSecond, 84),
    sent,
    failed: 0,
    stats: statsOf(spread(middle, 0.25, 300, random)),
  };
}
