// The keyboard of the one-by-one view. Command letters are taken first, so an option whose id is one of them is
// reached by its digit.
const commands = { 0: 'blank', m: 'several', x: 'unreadable', ' ': 'accept', '?': 'refer', z: 'undo', enter: 'enter', escape: 'escape', v: 'enlarge' };

export function readKey(event, question) {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return null;
  if (event.target.closest?.('input, textarea, select, dialog')) return null;
  const key = event.key.toLowerCase();
  // a button that has the focus is pressed by Enter and Space
  if ((key === 'enter' || key === ' ') && event.target.closest?.('button, a')) return null;
  if (key in commands) return { command: commands[key] };
  const digit = /^[1-9]$/.test(key) ? question.options[Number(key) - 1] : undefined;
  const option = digit ?? question.options.find((one) => one.id.toLowerCase() === key);
  return option ? { option: option.id } : null;
}
