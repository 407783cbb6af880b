import { Duplex } from 'node:stream';

/**
 * What a listener sees as its connection: addresses, no descriptor. It collects the bytes that the
 * response writes; nothing is ever read from it.
 */
export class FakeSocket extends Duplex {
  readonly chunks: Buffer[] = [];
  readonly remoteAddress: string;
  readonly remoteFamily: 'IPv4' | 'IPv6';
  readonly remotePort = 0;
  readonly localAddress = '127.0.0.1';
  readonly localPort: number;
  readonly encrypted: boolean;
  readonly connecting = false;
  readonly pending = false;
  bytesRead = 0;
  bytesWritten = 0;
  timeout = 0;

  constructor(remoteAddress: string, encrypted: boolean) {
    // The whole response is collected: nothing ever has to wait for it to drain.
    super({ autoDestroy: true, emitClose: true, writableHighWaterMark: Number.MAX_SAFE_INTEGER });
    this.remoteAddress = remoteAddress;
    this.remoteFamily = remoteAddress.includes(':') ? 'IPv6' : 'IPv4';
    this.encrypted = encrypted;
    this.localPort = encrypted ? 443 : 80;
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.chunks.push(chunk);
    this.bytesWritten += chunk.length;
    done();
  }

  override _final(done: () => void): void {
    done();
  }

  address(): { address: string; family: string; port: number } {
    return { address: this.localAddress, family: 'IPv4', port: this.localPort };
  }

  destroySoon(): void {
    this.destroy();
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

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }
}
