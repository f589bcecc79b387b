// A stream that keeps what was written, and lets a test wait for it.
import { Writable } from "node:stream";

export class Sink extends Writable {
  text = "";
  readonly #waiting: { readonly pattern: RegExp; readonly found: (match: RegExpExecArray) => void }[] = [];

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.text += chunk.toString("utf8");
    this.#look();
    done();
  }

  /** Resolves once the text matches. */
  async seen(pattern: RegExp): Promise<RegExpExecArray> {
    return new Promise((resolve) => {
      this.#waiting.push({ pattern, found: resolve });
      this.#look();
    });
  }

  #look(): void {
    for (const { pattern, found } of this.#waiting) {
      const match = pattern.exec(this.text);
      if (match !== null) found(match);
    }
  }
}
