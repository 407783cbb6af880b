/** Raw headers in order, repeats included. */
export type HeaderList = [name: string, value: string][];

/** One request of a comparison. */
export interface Exchange {
  /** Name of the test; method and path when absent. */
  name?: string;
  /** GET when absent. */
  method?: string;
  /** As it goes onto the wire: already percent-encoded. */
  path: string;
  headers?: HeaderList;
  /** Text is sent as UTF-8. `{{csrf}}` stands for the token of the last form that was received. */
  body?: string | Buffer;
  /** Send the body in two chunks, without its length. */
  chunked?: boolean;
  /** Names from `explained.ts`: what may differ in this answer, and why. */
  except?: ExplainedName[];
}

export type ExplainedName =
  | 'random-values'
  | 'random-order'
  | 'random-padding'
  | 'timestamps'
  | 'gateway-headers'
  | 'chunked-upload'
  | 'query-spelling'
  | 'joined-headers'
  | 'shown-traceback';

/** An answer, nothing decoded and no redirect followed. */
export interface Answer {
  status: number;
  headers: HeaderList;
  body: Buffer;
}

export interface RunningApp {
  /** `http://127.0.0.1:port` */
  url: string;
  /** What it has printed so far; shown when a test fails to start it. */
  output(): string;
  /** Ends it and resolves with its exit code when everything is gone. */
  stop(): Promise<number | null>;
}
