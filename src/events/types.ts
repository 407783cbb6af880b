/** Header names and values in wire order; names keep their case, repeated names stay repeated. */
export type Headers = [name: string, value: string][];

/** An HTTP request as the gateway received it, and as an adapter rebuilds it from an event. */
export interface HttpRequest {
  method: string;
  /** Percent-encoded path as sent, with the stage prefix already removed. Starts with `/`. */
  path: string;
  /** Raw query string without `?`. */
  query: string;
  headers: Headers;
  body: Uint8Array;
  scheme: 'http' | 'https';
  /** IP address of the client. */
  remoteAddress: string;
  /** Gateway stage (`release`), or '' without one. */
  stage: string;
  requestId: string;
  /** Milliseconds since 1970 at which the gateway took the request. */
  time: number;
}

/** The app's answer. */
export interface HttpResponse {
  status: number;
  headers: Headers;
  body: Uint8Array;
}

export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };
export type JsonObject = { [key: string]: JsonValue };

/** One cloud's HTTP event JSON: all four directions in one place. */
export interface EventFormat {
  /** `tencent-apigw`, `tencent-url`, `aws-v2`… */
  name: string;
  /** Whether this event is of this format. Never throws, whatever the JSON. */
  detect(event: JsonObject): boolean;
  /** Gateway side: request → event. */
  toEvent(request: HttpRequest): JsonObject;
  /** Adapter side: event → request. Throws `EventError` on a malformed event. */
  toRequest(event: JsonObject): HttpRequest;
  /** Adapter side: response → result. Where the form of the result follows that of the event, `event` tells. */
  toResult(response: HttpResponse, event?: JsonObject): JsonObject;
  /** Gateway side: result → response, as the cloud's gateway reads it. Throws `EventError`. */
  fromResult(result: JsonValue): HttpResponse;
}

/** A malformed event or result; its message names the key, expected and got. */
export class EventError extends Error {
  override readonly name = 'EventError';
}
