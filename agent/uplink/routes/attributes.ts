// What a foreign route says beyond its key, in iproute2's own words: those that can be written back as they are. Pure.

const valued = new Set([
  ...['src', 'scope', 'pref', 'realm', 'mtu', 'advmss', 'hoplimit', 'initcwnd', 'initrwnd', 'window'],
  ...['rtt', 'rttvar', 'rto_min', 'reordering', 'ssthresh', 'cwnd', 'quickack', 'congctl', 'features'],
  'fastopen_no_cookie',
]);
const plainFlags = new Set(['onlink']);
/** What the kernel found out, which is nobody's to set. */
const findings = new Set(['linkdown', 'dead']);

/**
 * From the line of `ip route show` for a route selected by its key, which it leaves out: the words to add it with. Null
 * where there is a word whose meaning isn't known here (`expires`, `nhid`, `encap`, a second next hop).
 */
export function attributesIn(line: string): string[] | null {
  const [type, ...words] = line.split(/\s+/).filter((word) => word !== '');
  if (type !== 'default') return null;
  const attributes: string[] = [];
  for (let index = 0; index < words.length; index += 1) {
    const name = words[index] ?? '';
    if (findings.has(name)) continue;
    attributes.push(name);
    if (plainFlags.has(name)) continue;
    const locked = words[index + 1] === 'lock';
    const value = words[index + (locked ? 2 : 1)];
    if (!valued.has(name) || value === undefined) return null;
    // It is always shown locked, and never read so.
    if (locked && name !== 'rto_min') attributes.push('lock');
    attributes.push(value);
    index += locked ? 2 : 1;
  }
  return attributes;
}

/** That a list is such words, as one read from a file may not be. */
export function areAttributes(words: readonly string[]): boolean {
  const again = attributesIn(['default', ...words].join(' '));
  return again !== null && again.join(' ') === words.join(' ');
}
