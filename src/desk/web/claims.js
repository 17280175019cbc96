// What this page has to do, and how the answer to a claim changes it. A claim takes time: what was decided, or came
// back, between its question and its answer is newer than that answer. No markup, no server here.

export const keyOf = (item) => `${item.serial} ${item.question}`;

export class Claims {
  constructor() {
    this.asking = false;
    this.again = false;
    this.moved = new Map(); // since the claim was asked: key → whether it came back
  }

  // A claim is asked; false where one is under way: another one follows it.
  begin() {
    this.again = this.asking;
    if (this.asking) return false;
    this.asking = true;
    this.moved.clear();
    return true;
  }

  // It was answered, or failed; whether another one was wanted meanwhile.
  end() {
    this.asking = false;
    return this.again;
  }

  // It was decided or referred, or the server has answered that.
  left(item) {
    this.moved.set(keyOf(item), false);
  }

  // It is this person's again: taken back, or refused by the server.
  back(item) {
    this.moved.set(keyOf(item), true);
  }

  // What there is to do once the server has said what is this person's: what was there keeps its order, what was given
  // follows. `onItsWay(item)`: decided, and not yet with the server.
  merge(before, given, onItsWay) {
    const known = new Map(given.filter((item) => this.moved.get(keyOf(item)) !== false && !onItsWay(item)).map((item) => [keyOf(item), item]));
    const kept = before.filter((item) => known.has(keyOf(item)) || this.moved.get(keyOf(item)));
    kept.forEach((item) => known.delete(keyOf(item)));
    return [...kept, ...known.values()];
  }
}

// Puts an item first, wherever it stood.
export const first = (item, items) => [item, ...(items ?? []).filter((one) => keyOf(one) !== keyOf(item))];
