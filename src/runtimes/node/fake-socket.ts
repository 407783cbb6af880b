import { EventEmitter } from 'node:events';

/**
 * What a listener sees as its connection: addresses and no descriptor. Nothing is read from it or
 * written to it: the response itself is captured (capture-response.ts). A plain emitter, since a stream
 * for each request would cost more than the rest of the adapter.
 */
export class FakeSocket extends EventEmitter {
  readonly remoteAddress: string;
  readonly encrypted: boolean;
  readonly remotePort = 0;
  readonly localAddress = '127.0.0.1';
  readonly connecting = false;
  readonly pending = false;
  readonly readableHighWaterMark = 65_536;
  readonly writableHighWaterMark = 65_536;
  readonly writableLength = 0;
  /** Corked for ever: `ServerResponse` then does not schedule an uncork for every write. */
  readonly writableCorked = 1;
  readonly _writableState = { corked: 1 };
  bytesRead = 0;
  bytesWritten = 0;
  timeout = 0;
  readable = true;
  writable = true;
  destroyed = false;
  /** Node sets and reads it: the response that the connection serves. */
  _httpMessage: unknown = null;

  constructor(remoteAddress: string, encrypted: boolean) {
    super();
    this.remoteAddress = remoteAddress;
    this.encrypted = encrypted;
  }

  get remoteFamily(): 'IPv4' | 'IPv6' {
    return this.remoteAddress.includes(':') ? 'IPv6' : 'IPv4';
  }

  get localPort(): number {
    return this.encrypted ? 443 : 80;
  }

  get closed(): boolean {
    return this.destroyed;
  }

  address(): { address: string; family: string; port: number } {
    return { address: this.localAddress, family: 'IPv4', port: this.localPort };
  }

  /** Emits `close` with the next tick, and `error` before it when there is one and somebody listens. */
  destroy(error?: Error): this {
    if (this.destroyed) return this;
    this.destroyed = true;
    this.readable = false;
    this.writable = false;
    process.nextTick(() => {
      if (error !== undefined && this.listenerCount('error') > 0) this.emit('error', error);
      this.emit('close', error !== undefined);
    });
    return this;
  }

  destroySoon(): void {
    this.destroy();
  }

  end(): this {
    return this.destroy();
  }

  /** What is written past the response has no place in a result. */
  write(_chunk: unknown, encoding?: unknown, done?: () => void): boolean {
    const callback = typeof encoding === 'function' ? (encoding as () => void) : done;
    if (callback !== undefined) process.nextTick(callback);
    return true;
  }

  // Time-outs are the platform's business; listeners may set them all the same.
  setTimeout(): this {
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  setEncoding(): this {
    return this;
  }

  cork(): void {}

  uncork(): void {}

  pause(): this {
    return this;
  }

  resume(): this {
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }
}
