// The ways out: which, how they are called, in what order they are preferred, what they cost, whom they are asked by.
import { canonicalHost } from '../../../../shared/ip.ts';
import type { UplinkAnswer } from '../answers.ts';
import type { Told, Trials } from '../packets.ts';
import type { Asking } from '../prompts.ts';
import { type Port, isLikely, proposeUplink } from '../proposal.ts';
import { settingsOf } from '../texts.ts';
import { isKept, untilKept } from './asked.ts';

/** What is wrong with the uplinks as they would be; null where nothing is. */
const problemWith = (uplinks: readonly UplinkAnswer[]): string | null => {
  const read = settingsOf(uplinks);
  return typeof read === 'string' ? read : null;
};

export const words = (text: string): string[] => text.split(/[\s,]+/).filter((word) => word !== '');

const positive = (text: string): string | null =>
  text === '' || (/^\d+(\.\d+)?$/.test(text) && Number(text) > 0)
    ? null
    : 'must be a number, or empty for none';
const dayOfMonth = (text: string): string | null =>
  /^\d{1,2}$/.test(text) && Number(text) >= 1 && Number(text) <= 31 ? null : 'must be a day from 1 to 31';

/** Where no trial can be made, nothing is known. */
const gatewayTrial = async (trials: Trials, uplink: UplinkAnswer, gateway: string | null): Promise<Told[]> =>
  gateway === null || trials.refusal() !== null ? [] : [await trials.ping(uplink, gateway)];

async function askGateway(
  asking: Asking,
  trials: Trials,
  port: Port,
  uplink: UplinkAnswer,
): Promise<UplinkAnswer> {
  if (uplink.gateway === 'link') return uplink;
  if (port.gateway !== null) {
    const told = await asking.during(gatewayTrial(trials, uplink, port.gateway));
    if (await isKept(asking, told)) return uplink;
  }
  const own = port.addresses.find((address) => address.includes('.'));
  const guess = port.gateway ?? own?.replace(/\.\d+$/, '.1') ?? '';
  const gateway = await untilKept(
    asking,
    () =>
      asking.text(`The gateway of ${port.name} (an address; link where the line has none)`, guess, (text) =>
        problemWith([{ ...uplink, gateway: text }]),
      ),
    (text) => gatewayTrial(trials, { ...uplink, gateway: text }, text === 'link' ? null : text),
  );
  return { ...uplink, gateway };
}

async function askCosts(asking: Asking, uplink: UplinkAnswer): Promise<UplinkAnswer> {
  const metered = await asking.yes(
    `Does data over ${uplink.name} cost money, or count against a cap?`,
    uplink.metered,
  );
  if (!metered) return { ...uplink, metered, data: null };
  const megabytes = await asking.text(
    'How many megabytes a month may it use? (empty: no limit)',
    String(uplink.data?.monthlyMegabytes ?? ''),
    (text) =>
      positive(text) ??
      (text === ''
        ? null
        : problemWith([{ ...uplink, data: { monthlyMegabytes: Number(text), resetDay: 1 } }])),
  );
  if (megabytes === '') return { ...uplink, metered, data: null };
  const day = await asking.text(
    'On which day of the month does that count begin again?',
    String(uplink.data?.resetDay ?? 1),
    dayOfMonth,
  );
  return { ...uplink, metered, data: { monthlyMegabytes: Number(megabytes), resetDay: Number(day) } };
}

const described = ({ state, addresses, gateway, isDefault }: Port): string =>
  [
    state === 'up' ? (addresses[0] ?? '') : state,
    gateway === null ? 'no default route' : `by ${gateway}`,
    ...(isDefault ? ['the default route now'] : []),
  ].join(', ');

/** One by one until a single one is left; unchanged where the order is as it was. */
async function askOrder(asking: Asking, uplinks: readonly UplinkAnswer[]): Promise<UplinkAnswer[]> {
  const before = uplinks.toSorted((a, b) => a.priority - b.priority);
  const left = [...before];
  const chosen: UplinkAnswer[] = [];
  while (left.length > 1) {
    const which = chosen.length === 0 ? 'is preferred' : `comes after ${chosen.at(-1)?.name}`;
    const choices = left.map(({ name, interface: device }) => ({ value: name, label: name, hint: device }));
    const name = await asking.choose(`Which uplink ${which}?`, choices, left[0]?.name ?? '');
    const at = left.findIndex((uplink) => uplink.name === name);
    chosen.push(...left.splice(at, 1));
  }
  chosen.push(...left);
  return chosen.every((uplink, index) => uplink === before[index])
    ? before
    : chosen.map((uplink, index) => ({ ...uplink, priority: (index + 1) * 10 }));
}

/** Those that the file has already keep their names, which monitors may bear; none is taken out. */
export async function askUplinks(
  asking: Asking,
  trials: Trials,
  ports: readonly Port[],
  known: readonly UplinkAnswer[],
): Promise<UplinkAnswer[]> {
  const isKnown = (port: Port): boolean => known.some((uplink) => uplink.interface === port.name);
  const choices = ports.map((port) => ({ value: port.name, label: port.name, hint: described(port) }));
  const initial = ports.filter((port) => isKnown(port) || isLikely(port)).map(({ name }) => name);
  const chosen = await asking.several('Which of these are your ways out?', choices, initial);
  const uplinks: UplinkAnswer[] = [...known];
  for (const port of ports.filter(({ name }) => chosen.includes(name))) {
    const at = uplinks.findIndex((uplink) => uplink.interface === port.name);
    const before = uplinks[at];
    const others = uplinks.filter((uplink) => uplink !== before);
    let uplink = before ?? proposeUplink(port, uplinks, ports);
    if (before === undefined) {
      const proposed = uplink;
      const name = await asking.text(`A name for ${port.name} (${described(port)})`, uplink.name, (text) =>
        problemWith([...others, { ...proposed, name: text }]),
      );
      uplink = { ...proposed, name };
    }
    uplink = await askGateway(asking, trials, port, uplink);
    uplink = await askCosts(asking, uplink);
    if (at < 0) uplinks.push(uplink);
    else uplinks[at] = uplink;
  }
  return askOrder(asking, uplinks);
}

const usualTargets = ['1.1.1.1', '8.8.8.8'];

/** Hosts beyond the gateways. Nobody is asked before the person said so. */
export async function askTargets(
  asking: Asking,
  trials: Trials,
  uplinks: readonly UplinkAnswer[],
): Promise<UplinkAnswer[]> {
  const known = [...new Set(uplinks.flatMap(({ targets }) => targets))];
  const proposed = known.length > 0 ? known : usualTargets;
  const wanted = await asking.yes(
    `May hosts on the internet be pinged over each uplink, now and by failover (such as ${proposed.join(', ')})?`,
    true,
  );
  if (!wanted) return uplinks.map((uplink) => ({ ...uplink, targets: [] }));
  const problemOf = (text: string): string | null => {
    const [first] = uplinks;
    if (words(text).length === 0) return 'must be one address or name at least';
    return first === undefined ? null : problemWith([{ ...first, targets: words(text) }]);
  };
  const targets = await untilKept(
    asking,
    async () =>
      words(await asking.text('Which hosts? (up to 8)', proposed.join(', '), problemOf)).map(
        (text) => canonicalHost(text) ?? text,
      ),
    (hosts) =>
      trials.refusal() === null
        ? Promise.all(uplinks.flatMap((uplink) => hosts.map((host) => trials.ping(uplink, host))))
        : Promise.resolve([]),
  );
  return uplinks.map((uplink) => ({ ...uplink, targets }));
}
