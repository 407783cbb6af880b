/**
 * What the verbs of insight tell each other, as JSON: `bench` and `profile` measure, `advise`, `cost`, `simulate` and the report read.
 * Times in milliseconds, memory in MB, sizes in bytes unless a name says otherwise.
 */

/** The machine and the moment of a measurement. */
export interface Circumstances {
  /** ISO 8601. */
  time: string;
  ropeway: string;
  platform: string;
  cpu: string;
  cores: number;
  memoryMb: number;
  node: string;
  python?: string;
  /** How steady the machine was: the spread of a fixed piece of work that was repeated in between. */
  noise: { median: number; p95: number; runs: number };
}

/** One of the requests that everything is measured with. */
export interface MeasuredRequest {
  /** Stable within a file: `GET /hello/<name>`, or the title in `requests.http`. */
  name: string;
  method: string;
  path: string;
  /** The app's pattern that takes it, when it is known: `/hello/<name>`. */
  route?: string;
}

/** What answered: the plain server, or the function in one of its ways. */
export interface Subject {
  /** `server`, `function`, `bare` (a function without a framework), or a name that was given with a URL. */
  name: string;
  /** For people: `gunicorn, 1 worker`. */
  title: string;
  /** What confines it: `1 core, 2048 MB (cgroup)`, or that nothing does. */
  confinement: string;
}

/** Times of requests, one after another or at once. */
export interface Series {
  /** Name of a `MeasuredRequest`. */
  request: string;
  /** Name of a `Subject`. */
  subject: string;
  /** In the order in which they were sent; failed requests are not among them. */
  samples: number[];
  failed: number;
  /** What kinds of failures there were: `timeout`, `status 500`, `ECONNRESET`. */
  failures: Record<string, number>;
  stats: Stats;
}

export interface Stats {
  count: number;
  mean: Estimate;
  p50: Estimate;
  p95: Estimate;
  p99: Estimate;
  min: number;
  max: number;
}

/** A figure with its 95 % confidence interval by bootstrap. */
export interface Estimate {
  value: number;
  low: number;
  high: number;
}

/** Cold starts: each sample is the first request to an instance made for it. */
export interface ColdSeries extends Series {
  /** `fresh`: as in a cloud. `template`: a copy of a loaded process, or a loaded spare. */
  start: 'fresh' | 'template';
  /** Loading alone, of the same requests in the same order. */
  initMs: number[];
}

export interface BurstRound {
  subject: string;
  request: string;
  /** `cold`: from no instance at all. */
  from: 'cold' | 'warm';
  /** How the instances of a cold burst came about; absent of warm ones and where nobody knows. */
  start?: 'fresh' | 'template';
  round: number;
  sent: number;
  succeeded: number;
  /** Answered, but not as expected. */
  failed: number;
  /** Not answered at all: refused, reset, timed out. */
  exceptions: number;
  totalMs: number;
  stats: Stats;
  /** One per request: when it was sent and how long it took, both from the start of the round. */
  points: { at: number; ms: number; ok: boolean; cold?: boolean }[];
}

/** Requests at a constant rate, whatever the answers do (open loop): times count from when a request was due. */
export interface RateStep {
  subject: string;
  request: string;
  perSecond: number;
  /** Answers per second. */
  achieved: number;
  sent: number;
  failed: number;
  stats: Stats;
}

/** What the platform's records say of a request's function, per request; absent of URLs that are not ours. */
export interface Metering {
  /** Name of a `MeasuredRequest`. */
  request: string;
  calls: number;
  /** Time in the instance. */
  durationMs: Estimate;
  /** Highest resident memory of an instance that served only this request. */
  peakMemoryMb?: number;
  memoryLimitMb: number;
  /** Of one warm call. */
  gbSeconds: number;
  responseBytes: number;
}

/** `ropeway bench --json`. */
export interface BenchResult {
  kind: 'bench';
  version: 1;
  circumstances: Circumstances;
  app: { name: string; framework?: string; runtime: 'python' | 'node' | 'other' };
  requests: MeasuredRequest[];
  subjects: Subject[];
  sequential: Series[];
  cold: ColdSeries[];
  bursts: BurstRound[];
  rates: RateStep[];
  metering: Metering[];
  /** What a reader must know: routes left out and why, limits that could not be set. */
  notes: string[];
  /** How much was measured; absent in results of other tools. */
  settings?: BenchSettings;
}

export interface BenchSettings {
  /** Sequential requests per route and subject, the warm-up before them not counted. */
  requests: number;
  /** Cold starts per route and way. */
  coldStarts: number;
  /** Requests at once, and how often. */
  burst: number;
  rounds: number;
  /** Of the order of the measurements and of the intervals. */
  seed: number;
  /** Instances that the function may have at once. */
  instances: number;
}

/** One module in the order of its import. */
export interface ImportNode {
  name: string;
  /** Of its own, without what it imports. */
  selfMs: number;
  /** With what it imports. */
  totalMs: number;
  /** Resident memory that came with it, with what it imports; absent where it cannot be told. */
  totalMb?: number;
  /** `app`, the name of a package, or `(standard library)`. */
  owner: string;
  children: ImportNode[];
}

/** What a route costs in an instance of its own. */
export interface RouteProfile {
  request: string;
  route?: string;
  /** First request of the instance, and the median of the later ones. */
  firstMs: number;
  warmMs: number;
  /** Processor time of a warm request. */
  cpuMs: number;
  /**
   * Resident memory: after loading, the highest during the requests, and its growth per request over the last of them (of Node apps what
   * stays after a garbage collection).
   */
  loadedMb: number;
  peakMb: number;
  growthKbPerRequest: number;
  /** Modules that were imported by its requests, not by loading the app: they cost the first one. */
  lateImports: { name: string; ms: number }[];
  /** Packages whose code ran in a warm request; absent where it cannot be told. */
  usedPackages?: string[];
  responseBytes: number;
  failed?: string;
}

/** `ropeway profile --json`. */
export interface ProfileResult {
  kind: 'profile';
  version: 1;
  circumstances: Circumstances;
  app: { name: string; framework?: string; runtime: 'python' | 'node' | 'other' };
  /** Medians of a fresh process: until it can take a request. */
  load: { totalMs: number; runtimeMs: number; memoryMb: number };
  imports: ImportNode[];
  routes: RouteProfile[];
  notes: string[];
}

/** One finding of `ropeway advise`. */
export interface Finding {
  /** Stable: `route-memory`, `sqlite-on-read-only-disk`. */
  id: string;
  /** `high`: it will fail or cost much; `low`: worth knowing. */
  severity: 'high' | 'medium' | 'low';
  title: string;
  /** Where: file and line, or route, with what was seen there. */
  evidence: { place: string; text: string }[];
  /** In figures where it was measured. */
  effect: string;
  /** What to do, in words. */
  change: string;
  /** The same as lines of ropeway.yml, when it can be written there. */
  yaml?: string;
  /** Whether `--apply` does it. */
  appliable: boolean;
}

/** `ropeway advise --json`. */
export interface AdviceResult {
  kind: 'advice';
  version: 1;
  circumstances: Circumstances;
  app: { name: string; framework?: string; runtime: 'python' | 'node' | 'other' };
  findings: Finding[];
  notes: string[];
}

/** One line of a bill. */
export interface BillItem {
  /** `running time`, `requests`, `traffic out`. */
  what: string;
  /** In `unit`s, what is free of it included. */
  amount: number;
  unit: string;
  /** Units that cost nothing. */
  free: number;
  /** In the currency of the offer, not rounded. */
  cost: number;
}

/** One way to run the app for a month, with its price. */
export interface CostOption {
  /** Of the offer, with `+split` when the routes are spread over functions by memory: `lambda-arm+split`. */
  id: string;
  title: string;
  kind: 'function' | 'server';
  region: string;
  currency: string;
  /** Functions with what a month needs of each; of a server absent. */
  functions?: { name: string; memoryMb: number; routes: string[]; gbSeconds: number; coldShare: number }[];
  /** Machines that the traffic needs; of functions absent. */
  machines?: number;
  /** Id of the plan that was the cheapest. */
  plan?: string;
  items: BillItem[];
  /** In `currency`, each item to the cent. */
  total: number;
  /** In the currency of the comparison, not rounded. */
  compared: number;
  asOf: string;
  source: string;
}

/** `ropeway cost --json`. */
export interface CostResult {
  kind: 'cost';
  version: 1;
  app: string;
  /** Where the measured figures are from. */
  measured: string;
  /** Of the comparison. */
  currency: string;
  /** Value of one unit of each other currency. */
  exchange: Record<string, number>;
  traffic: { requestsPerDay: number; from: string };
  /** What was measured of each route, with its share of the requests. */
  routes: {
    name: string;
    share: number;
    billedMs: number;
    memoryMb: number;
    responseBytes: number;
  }[];
  /** Mean time that is billed of a start. */
  initMs: number;
  options: CostOption[];
  /**
   * Where the cheaper one changes: at `requestsPerDay` requests a day and more (to the next crossing) `cheaper` is, below it the
   * other. Without crossings `always` is cheaper at any traffic.
   */
  breakEven: {
    functions: string;
    server: string;
    crossings: { requestsPerDay: number; cheaper: 'function' | 'server' }[];
    always?: 'function' | 'server';
  }[];
  /** Costs against traffic, in the currency of the comparison. */
  curve: { requestsPerDay: number[]; lines: { id: string; title: string; costs: number[] }[] };
  prices: { file: string; asOf: string; source: string; note?: string }[];
  notes: string[];
}

/** What a policy did with the traffic. Times in milliseconds. */
export interface SimulatedPolicy {
  /** `keep alive 60 s, 2 kept ready`. */
  name: string;
  kind: 'function' | 'server';
  settings: Record<string, number | string>;
  requests: number;
  served: number;
  cold: number;
  /** Turned away at once: the queue, or all instances, were full. */
  throttled: number;
  /** Gave up waiting. */
  timedOut: number;
  latencyMs: { p50: number; p95: number; p99: number; mean: number; max: number };
  /** Of the waiting alone, loading included. */
  waitMs: { p50: number; p95: number; p99: number; mean: number; max: number };
  routes: { name: string; served: number; cold: number; p50: number; p95: number; p99: number }[];
  instances: {
    peak: number;
    mean: number;
    /** Over the time of the trace: seconds from its beginning, means of the step that begins there. */
    series: { at: number; instances: number; busy: number; waiting: number }[];
  };
  /** Time that instances were busy, as a share of the time that they were there. */
  utilisation: number;
  /** Memory × billed time: of requests, of starts, and of instances that are kept ready. */
  gbSeconds: { requests: number; starts: number; provisioned: number; provisionedBusy: number };
  /** What a month of this traffic costs. */
  cost?: { offer: string; currency: string; perMonth: number }[];
}

/** `ropeway simulate --json`. */
export interface SimulationResult {
  kind: 'simulation';
  version: 1;
  app: string;
  measured: string;
  traffic: { from: string; requests: number; seconds: number; routes: { name: string; share: number }[] };
  seed: number;
  policies: SimulatedPolicy[];
  /** How long the simulation took, and requests per second of it. */
  took: { seconds: number; perSecond: number };
  notes: string[];
}
