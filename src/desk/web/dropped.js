// The files of what was dropped, those in folders too; hidden ones and what systems leave there are passed over.
const LITTER = /^(\.|~\$|thumbs\.db$|desktop\.ini$)/i;

const readAll = (reader) => new Promise((done, failed) => reader.readEntries(done, failed));

async function filesOf(entry, inside) {
  if (inside && LITTER.test(entry.name)) return [];
  if (entry.isFile) return [await new Promise((done, failed) => entry.file(done, failed))];
  const found = [];
  const reader = entry.createReader();
  for (let some; (some = await readAll(reader)).length; )
    for (const one of some.sort((a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }))) found.push(...(await filesOf(one, true)));
  return found;
}

export async function droppedFiles(transfer) {
  const entries = Array.from(transfer.items ?? [], (item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.length) return [...transfer.files];
  const found = [];
  for (const entry of entries) found.push(...(await filesOf(entry, false)));
  return found;
}
