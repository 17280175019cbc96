// What was decided and is not yet with the server: sent in order, one at a time, again and again until the server
// has answered. Nothing in it is lost while the page is open.
import { call, newKey } from './api.js';

const RETRY_MS = 2000;

export class Outbox {
  // onDone(entry, data), onRefused(entry, error), onState({ pending, offline })
  constructor({ onDone, onRefused, onState }) {
    Object.assign(this, { onDone, onRefused, onState });
    this.entries = [];
    this.sending = false;
    this.offline = false;
    this.idle = [];
  }

  add(path, body, about) {
    this.entries.push({ path, body, about, key: newKey() });
    this.send();
  }

  holds(isIt) {
    return this.entries.some((entry) => isIt(entry.about));
  }

  // Ends when everything was answered.
  flushed() {
    return this.entries.length ? new Promise((done) => this.idle.push(done)) : Promise.resolve();
  }

  tell() {
    this.onState({ pending: this.entries.length, offline: this.offline });
    if (!this.entries.length) this.idle.splice(0).forEach((done) => done());
  }

  async send() {
    if (this.sending) return;
    this.sending = true;
    this.tell();
    while (this.entries.length) {
      const entry = this.entries[0];
      try {
        const data = await call('POST', entry.path, entry.body, entry.key);
        this.entries.shift();
        this.offline = false;
        this.onDone(entry, data);
      } catch (error) {
        const again = error.status === 0 || error.status === 503;
        if (error.status === 401) break; // goes on after sign-in
        this.offline = error.status === 0;
        if (!again) {
          this.entries.shift();
          this.onRefused(entry, error);
        }
        this.tell();
        if (again) await new Promise((wake) => setTimeout(wake, RETRY_MS));
        continue;
      }
      this.tell();
    }
    this.sending = false;
    this.tell();
  }
}
