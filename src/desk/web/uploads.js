// Files on their way to the server: hashed, then sent in pieces, one file after another, however long the server or the
// line is away; what stands there already is not sent again. Goes on while other views are open.
import { ApiError, call, send } from './api.js';
import { hashFile } from './hash.js';

const PIECE = 4 << 20;
const RETRY_MS = 2000;

class GivenUp extends Error {}

const wait = (ms) => new Promise((wake) => setTimeout(wake, ms));

class Uploads {
  constructor() {
    // { key, file, name, size, state: waiting | hashing | sending | offline | failed | known | sent, part, error, sha256 }
    this.rows = [];
    this.running = false;
    this.next = 1;
    this.listeners = new Set();
    window.addEventListener('beforeunload', (event) => this.busy() && event.preventDefault());
  }

  busy() {
    return this.rows.some((row) => ['waiting', 'hashing', 'sending', 'offline'].includes(row.state));
  }

  listen(listener) {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  change(row, values) {
    if (!this.rows.includes(row)) throw new GivenUp();
    Object.assign(row, values);
    this.tell();
  }

  tell() {
    this.listeners.forEach((listener) => listener());
  }

  add(files) {
    for (const file of files)
      this.rows.push({ key: this.next++, file, name: file.name.normalize('NFC'), size: file.size, state: 'waiting', part: 0 });
    this.tell();
    this.run();
  }

  again(row) {
    Object.assign(row, { state: 'waiting', part: 0, error: undefined });
    this.tell();
    this.run();
  }

  remove(row) {
    this.rows = this.rows.filter((one) => one !== row);
    this.tell();
  }

  // The server shows it from here on.
  forgetSent(isShown) {
    const left = this.rows.filter((row) => row.state !== 'sent' || !isShown(row.sha256));
    if (left.length === this.rows.length) return;
    this.rows = left;
    this.tell();
  }

  clear() {
    this.rows = [];
    this.tell();
  }

  async run() {
    if (this.running) return;
    this.running = true;
    for (let row; (row = this.rows.find((one) => one.state === 'waiting')); ) {
      try {
        await this.take(row);
      } catch (error) {
        if (!(error instanceof GivenUp) && this.rows.includes(row)) this.change(row, { state: error.id === 'known-file' ? 'known' : 'failed', error });
      }
    }
    this.running = false;
  }

  // Asks until the server has answered.
  async ask(row, what) {
    for (;;) {
      try {
        return await what();
      } catch (error) {
        const again = [0, 401, 503].includes(error.status);
        if (!again) throw error;
        this.change(row, { state: 'offline' });
        await wait(RETRY_MS);
        this.change(row, {});
      }
    }
  }

  async take(row) {
    if (!row.size) throw new ApiError(422, 'empty-file', '');
    this.change(row, { state: 'hashing', part: 0 });
    const read = (error) => {
      throw error instanceof GivenUp ? error : new ApiError(422, 'unreadable-file', '');
    };
    row.sha256 ??= await hashFile(row.file, (part) => this.change(row, { part })).catch(read);
    const path = `/api/uploads/${row.sha256}`;
    let stands = await this.ask(row, () => call('GET', path));
    while (!stands.whole) {
      const offset = stands.received;
      this.change(row, { state: 'sending', part: offset / row.size });
      const piece = await row.file.slice(offset, offset + PIECE).arrayBuffer().catch(read);
      const query = new URLSearchParams({ offset, size: row.size, name: row.name });
      stands = await this.ask(row, () => send(`${path}?${query}`, piece)).catch((error) => {
        if (error.id === 'gap') return error.data;
        throw error;
      });
    }
    this.change(row, { state: 'sent', part: 1 });
  }
}

export const uploads = new Uploads();
