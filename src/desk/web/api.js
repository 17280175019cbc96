// Asking the server: JSON in and out. An error carries the server's id and its words.
let token = '';

export class ApiError extends Error {
  constructor(status, id, message, data = {}) {
    super(message);
    this.status = status; // 0: the server was not reached
    this.id = id;
    this.data = data;
  }
}

export function setToken(value) {
  token = value ?? '';
}

async function ask(path, request) {
  let response;
  try {
    response = await fetch(path, { ...request, credentials: 'same-origin' });
  } catch {
    throw new ApiError(0, 'offline', '');
  }
  let data = {};
  try {
    data = await response.json();
  } catch {
    if (response.ok) throw new ApiError(0, 'offline', '');
  }
  if (!response.ok) throw new ApiError(response.status, data.error ?? 'failed', data.message ?? '', data);
  return data;
}

// `last`: goes on after the page is closed, as far as the browser can.
export function call(method, path, body, key, last = false) {
  const headers = { Accept: 'application/json' };
  if (method !== 'GET') {
    headers['Content-Type'] = 'application/json';
    headers['X-Phieu-Token'] = token;
  }
  if (key) headers['Idempotency-Key'] = key;
  return ask(path, { method, headers, body: method === 'GET' ? undefined : JSON.stringify(body ?? {}), keepalive: last });
}

// Puts bytes there.
export function send(path, bytes) {
  const headers = { Accept: 'application/json', 'Content-Type': 'application/octet-stream', 'X-Phieu-Token': token };
  return ask(path, { method: 'PUT', headers, body: bytes });
}

// A key for one write: sent again, it is done once.
export function newKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

// The stream of changes; `onChange` is given the kind of each, `onState` whether it is open.
export function listen(onChange, onState) {
  const source = new EventSource('/api/events');
  source.onopen = () => onState(true);
  source.onerror = () => onState(false);
  source.onmessage = (message) => onChange(JSON.parse(message.data).kind);
  return () => source.close();
}
