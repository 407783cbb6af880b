/** Requests in the order in which they come. */
export interface Arrivals {
  /** For people. */
  from: string;
  /** Seconds from the beginning; never falling. */
  at: Float64Array;
  /** Index of the route of each; absent: as the mix says. */
  routes?: Int16Array;
  /** How long it lasts, in seconds: at least until the last request. */
  seconds: number;
  notes: string[];
}
