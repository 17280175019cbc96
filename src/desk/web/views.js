// The views: the rail and the tab each stands under, and who may open it. The address (#id) says which is shown; the
// rest of it, after a '/', belongs to the view.
import { useEffect, useState } from './html.js';
import { Agreement } from './agreement.js';
import { Batches } from './batches.js';
import { Enter } from './enter.js';
import { Feed } from './feed.js';
import { Held } from './held.js';
import { Quota } from './quota.js';
import { Refused } from './refused.js';
import { Settle } from './settle.js';
import { Wall } from './wall.js';

// In the order of the work. `icon` is a path in a square of 24.
export const rails = [
  { id: 'feed', icon: 'M6 9V3h12v6M4 9h16v8H4zM7 17h10v4H7zM8 13h2' },
  { id: 'review', icon: 'M4 4h16v16H4zM8 12l3 3 5-7' },
];

// A view is given `session`, `survey`, `frame`, `lapsed`, `onLapsed` and `place`, what stands after its id. The first
// one a person may open is shown when the address names none.
export const views = [
  { id: 'settle', rail: 'review', roles: ['operator'], View: Settle },
  { id: 'wall', rail: 'review', roles: ['operator'], View: Wall },
  { id: 'agreement', rail: 'review', roles: ['operator', 'analyst'], View: Agreement },
  { id: 'feed', rail: 'feed', roles: ['clerk'], View: Feed },
  { id: 'batches', rail: 'feed', roles: ['clerk', 'admin'], View: Batches },
  { id: 'refused', rail: 'feed', roles: ['clerk'], View: Refused },
  { id: 'held', rail: 'feed', roles: ['clerk'], View: Held },
  { id: 'enter', rail: 'feed', roles: ['clerk', 'operator'], View: Enter },
  { id: 'quota', rail: 'feed', roles: ['clerk', 'analyst', 'admin'], View: Quota },
];

export function viewsOf(session) {
  const roles = session.roles.split(',');
  return views.filter((view) => view.roles.some((role) => roles.includes(role)));
}

function readAddress() {
  const [id, ...place] = location.hash.slice(1).split('/');
  return { id, place: place.map(decodeURIComponent) };
}

// The view the address names, or the first of those given; undefined where there is none.
export function useView(allowed) {
  const [address, setAddress] = useState(readAddress);
  useEffect(() => {
    const read = () => setAddress(readAddress());
    window.addEventListener('hashchange', read);
    return () => window.removeEventListener('hashchange', read);
  }, []);
  const view = allowed.find((one) => one.id === address.id);
  return { view: view ?? allowed[0], place: view ? address.place : [] };
}
