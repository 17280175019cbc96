// The SHA-256 of a file. The browser's own can only take all of it at once, and is missing where the page came by plain
// HTTP from another machine; so large files go through a kept library, piece by piece.
import { sha256 } from '@noble/hashes/sha2';

const AT_ONCE = 64 << 20;
const PIECE = 1 << 20;

const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

// `onPart` is given how much is done, 0–1; it may throw to give the file up.
export async function hashFile(file, onPart) {
  if (globalThis.crypto?.subtle && file.size <= AT_ONCE)
    return hex(new Uint8Array(await crypto.subtle.digest('SHA-256', await file.arrayBuffer())));
  const sum = sha256.create();
  for (let at = 0; at < file.size; at += PIECE) {
    sum.update(new Uint8Array(await file.slice(at, at + PIECE).arrayBuffer()));
    onPart(Math.min(1, (at + PIECE) / file.size));
  }
  return hex(sum.digest());
}
