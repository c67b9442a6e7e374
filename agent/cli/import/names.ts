// Names of uplinks out of names that people gave them. Pure.

const longest = 32;

/** Fit for an uplink; null where nothing of it is left. */
export function fitName(text: string): string | null {
  const fit = text
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .slice(0, longest)
    .replace(/^-+|-+$/g, '');
  if (fit === '') return null;
  return fit === 'auto' ? 'auto-line' : fit;
}

interface Wanted {
  /** What people call it. */
  title: string;
  interface: string;
  /** Where nothing of the title is left. */
  otherwise: string;
}

/** One name each, none of them twice and none that is another's interface. */
export function uplinkNames(all: readonly Wanted[]): string[] {
  const names: string[] = [];
  for (const one of all) {
    const isTaken = (name: string): boolean =>
      names.includes(name) || all.some((other) => other !== one && other.interface === name);
    const name = fitName(one.title) ?? one.otherwise;
    let free = name;
    for (let number = 2; isTaken(free); number += 1) free = `${name.slice(0, longest - 4)}-${number}`;
    names.push(free);
  }
  return names;
}
