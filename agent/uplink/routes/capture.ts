// Capture mode: default routes of others are taken out, and put back as they were.
import type { Family } from '../../../shared/ip.ts';
import type { Log } from '../../log.ts';
import { changeByIp, runIp } from '../ip/run.ts';
import type { InterfaceState } from '../network.ts';
import { isGone, isThere } from './apply.ts';
import { attributesIn } from './attributes.ts';
import { isRival } from './conflicts.ts';
import type { CapturedRoute, Journal } from './journal.ts';
import type { ForeignDefault } from './kinds.ts';
import { readDump } from './read.ts';
import { foreignDeleteWords, foreignKeyWords, nameOf } from './words.ts';

/** Null where it could not be written back as it is, or is there no more. */
async function readWhole(route: ForeignDefault): Promise<CapturedRoute | null> {
  const selected = ['-N', `-${route.family}`, 'route', 'show', ...foreignKeyWords(route)];
  const [line = '', ...others] = (await runIp(selected)).trim().split('\n');
  const attributes = others.length === 0 ? attributesIn(line) : null;
  return attributes === null ? null : { route, attributes };
}

export interface Captured {
  taken: ForeignDefault[];
  /** Those that have to stay. */
  left: ForeignDefault[];
}

/**
 * Writes down the routes that lead out by the interfaces, then takes them out. Rejects where they can't be written down,
 * with none taken out.
 */
export async function capture(
  family: Family,
  foreign: readonly ForeignDefault[],
  interfaces: readonly string[],
  journal: Journal,
): Promise<Captured> {
  const rivals = foreign.filter((route) => isRival(route, interfaces));
  const read = await Promise.all(
    rivals.map(async (route) => ({ route, whole: route.plain ? await readWhole(route) : null })),
  );
  const whole = read.flatMap((one) => one.whole ?? []);
  const left = read.flatMap((one) => (one.whole === null ? [one.route] : []));
  if (whole.length === 0) return { taken: [], left };
  await journal.keep(whole);
  const commands = whole.map(({ route }) => foreignDeleteWords(route));
  const results = await changeByIp(family, commands);
  // Its owner took it out in the meantime, or it stands as it did: neither is to be put back.
  await journal.forget(whole.filter((_, index) => results[index] !== null));
  const stand = whole.filter((_, index) => results[index] != null && !isGone(results[index]));
  return {
    taken: whole.flatMap(({ route }, index) => (results[index] === null ? [route] : [])),
    left: [...left, ...stand.map(({ route }) => route)],
  };
}

const sameRoute = (a: ForeignDefault, b: ForeignDefault): boolean =>
  foreignKeyWords(a).join(' ') === foreignKeyWords(b).join(' ');

const all = (): boolean => true;

/** Puts back captured routes of a family; answers the words of those that stand again. */
export async function giveBack(
  family: Family,
  journal: Journal,
  { proto, log }: { proto: number; log: Log },
  which: (route: ForeignDefault) => boolean = all,
): Promise<string[]> {
  const captured = journal.routes().filter(({ route }) => route.family === family && which(route));
  if (captured.length === 0) return [];
  const commands = captured.map(({ route, attributes }) => [
    ...['route', 'add', ...foreignKeyWords(route)],
    ...attributes,
  ]);
  const results = await changeByIp(family, commands);
  const { foreign } = await readDump(family, proto);
  const restored = captured.flatMap(({ route }, index) => {
    const words = commands[index] ?? [];
    const why = results[index] ?? null;
    if (why === null) return [words.join(' ')];
    const back = isThere(why) && foreign.some((one) => sameRoute(one, route));
    if (!back) log.error({ why, command: `ip ${words.join(' ')}` }, `${nameOf(route)} can't be put back`);
    return [];
  });
  await journal.forget(captured);
  return restored;
}

/** Those the kernel would have dropped by now: their link is down or gone, or their address is. */
export const fallen = (
  captured: readonly CapturedRoute[],
  interfaces: readonly InterfaceState[],
): CapturedRoute[] =>
  captured.filter(({ route: { family, interfaceName, source } }) => {
    const found = interfaces.find(({ name }) => name === interfaceName);
    const own = found?.addresses.filter((address) => address.family === family) ?? [];
    if (found?.up !== true || own.length === 0) return true;
    return source !== null && !own.some(({ address }) => address === source);
  });
