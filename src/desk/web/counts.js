// Counts of ballots, and sums of them. No markup here.
import { t } from './i18n.js';

// In the order of a copied table.
export const KINDS = ['planned', 'issued', 'returned', 'valid', 'partly_valid', 'invalid', 'open', 'held', 'rejected', 'missing', 'surplus'];

// A cell with what its bar shows: `good` counts, `pending` may still, `out` is with people, `unissued` nobody has. Over
// its quota a cell fills the bar once.
export function withParts(cell) {
  const good = cell.valid + cell.partly_valid;
  const out = Math.min(cell.missing, Math.max(0, cell.issued - cell.returned));
  return { ...cell, good, pending: cell.open + cell.held, out, unissued: cell.missing - out };
}

const SUMMED = [...KINDS, 'good', 'pending', 'out', 'unissued'];

export function sumOf(cells) {
  const sum = Object.fromEntries(SUMMED.map((kind) => [kind, 0]));
  for (const cell of cells) for (const kind of SUMMED) sum[kind] += cell[kind];
  return { ...sum, cells: cells.length };
}

// The board: blocks with their groups and agencies, each agency with its units in the survey's order.
export function makeBoard(data) {
  const cells = data.cells.map(withParts);
  const originAt = new Map(data.origins.map((origin, at) => [origin.code, at]));
  const unitsOf = (own) =>
    [...new Set(own.map((cell) => cell.origin))]
      .sort((a, b) => originAt.get(a) - originAt.get(b))
      .map((code) => ({ ...data.origins[originAt.get(code)], cells: own.filter((cell) => cell.origin === code) }));
  const blocks = data.blocks.map((block) => ({
    ...block,
    groups: data.groups.filter((group) => group.block === block.code),
    agencies: data.agencies
      .filter((agency) => agency.block === block.code)
      .map((agency) => {
        const own = cells.filter((cell) => cell.agency === agency.code);
        return { ...agency, cells: own, units: unitsOf(own) };
      }),
  }));
  return { blocks, cells };
}

// One row a cell, as it is copied.
export function cellRows(data, cells) {
  const name = (list, code) => list.find((one) => one.code === code).name;
  const head = ['quota.code', 'quota.agency', 'quota.group', 'quota.groupname', 'quota.code', 'quota.origin', ...KINDS.map((kind) => `quota.${kind}`)];
  return [
    head.map((word) => t(word)),
    ...cells.map((cell) => [
      cell.agency, name(data.agencies, cell.agency), cell.group, name(data.groups, cell.group),
      cell.origin, name(data.origins, cell.origin), ...KINDS.map((kind) => cell[kind]),
    ]),
  ];
}
