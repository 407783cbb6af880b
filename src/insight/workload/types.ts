/** What was measured of an app, wherever it is from. Times in milliseconds, memory in MB. */
export interface Workload {
  app: string;
  /** For people: `bench.json`, `the records in .ropeway/dev`. */
  measured: string;
  routes: RouteLoad[];
  /** From asking for an instance until it can take a request. */
  startMs: number[];
  /** What of that a cloud would bill: loading the app. */
  initMs: number[];
  /** The memory limit under which it was measured. */
  memoryLimitMb: number;
  notes: string[];
}

/** One route, or one request. */
export interface RouteLoad {
  /** `GET /hello/<name>` */
  name: string;
  method: string;
  /** The app's pattern, if one is known, and paths that were seen. */
  paths: string[];
  /** How often it was measured; what it counts in a mix that nobody gave. */
  weight: number;
  /** How long a request keeps a warm instance, the platform's part included. */
  warmMs: number[];
  /** The same of the first request of an instance, loading left out; empty: as a warm one. */
  firstMs: number[];
  /** On the plain server; empty: not measured. */
  serverMs: number[];
  /** Mean of the time inside the instance, each rounded up to a whole millisecond, as it is billed. */
  billedMs: number;
  /** Highest resident memory of an instance that served only this route, or, of records, the route among others. */
  peakMemoryMb?: number;
  responseBytes: number;
}
