// The uplinks of the YAML file.
import * as z from 'zod';
import { canonicalAddress, unmapped } from '../../shared/ip.ts';
import { type FieldProblem, quoted, told } from '../../shared/issues.ts';
import { isRecord } from '../../shared/record.ts';
import { nameServer, nobodysProblem } from './targets.ts';
import { healthContradictions, healthKeys, healthSettings } from './uplink/health.ts';
import { Reset } from './uplink/reset.ts';

const interfaceNames = /^(?!-)[^\s/:;]{1,15}$/;
/** Whether an interface may bear a name. The kernel would take a `;` too, and a `-` at the beginning. */
export const isInterfaceName = (text: string): boolean => interfaceNames.test(text);

const interfaceName = z.string().regex(interfaceNames, {
  error: ({ input }) => `must be an interface's name, not ${JSON.stringify(input)}`,
});

function gatewayProblem(text: string): string | null {
  if (text === 'auto' || text === 'link') return null;
  const address = canonicalAddress(text);
  if (address === null) return `must be auto, link or an address, not ${quoted(text)}`;
  return nobodysProblem(unmapped(address), "a neighbour's");
}

/** What may go over the uplink from one day of billing to the next; megabytes of 10^6 bytes, as carriers count them. */
const Data = z.strictObject({
  monthlyMegabytes: z.number().min(0.001).max(1e7),
  /** Of the month; in a shorter one the last. */
  resetDay: z.int().min(1).max(31).default(1),
});

const UplinkKeys = z.strictObject({
  title: z.string().min(1).max(100).optional(),
  interface: interfaceName,
  priority: z.int().min(0).max(1000).default(100),
  gateway: z.string().check(told(gatewayProblem)).default('auto'),
  metered: z.boolean().default(false),
  data: Data.transform((data): z.output<typeof Data> | null => data).default(null),
  dnsServers: z
    .array(nameServer)
    .min(1)
    .max(8)
    .transform((servers): string[] | null => servers)
    .default(null),
  /** What it must have to be used. */
  require: z
    .strictObject({ carrier: z.boolean().default(true), address: z.boolean().default(true) })
    .prefault({}),
  reset: Reset,
  ...healthKeys,
});

export const uplinkKeys = Object.keys(UplinkKeys.shape);

export const Uplink = UplinkKeys.check(...healthContradictions).transform((keys) => {
  const { title, interface: name, priority, gateway, metered, data, dnsServers, require, reset } = keys;
  return {
    ...(title === undefined ? {} : { title }),
    interface: name,
    priority,
    /** Null where it is learned from the routes, and where there is none. */
    gateway: canonicalAddress(gateway),
    /** A line without a gateway, such as PPP: whoever is at its other end takes all. */
    pointToPoint: gateway === 'link',
    metered,
    data,
    dnsServers,
    require,
    reset,
    health: healthSettings(keys, metered),
  };
});

export type Uplinks = Readonly<Record<string, z.output<typeof Uplink>>>;

const uplinkNames = /^(?!-)[a-z0-9-]{1,32}$/;

/** Each uplink's interface as it stands; null where it is none. What else is wrong is told beside. */
function interfacesIn(content: unknown): Map<string, string | null> {
  const uplinks = isRecord(content) && isRecord(content['uplinks']) ? content['uplinks'] : {};
  const interfaceOf = (uplink: unknown): string | null =>
    isRecord(uplink) && typeof uplink['interface'] === 'string' ? uplink['interface'] : null;
  return new Map(Object.entries(uplinks).map(([name, uplink]) => [name, interfaceOf(uplink)]));
}

/** What is wrong with the uplinks beside each other: names, and interfaces that several have. */
export function uplinkContradictions(content: unknown): FieldProblem[] {
  const problems: FieldProblem[] = [];
  const refuse = (name: string, message: string): void =>
    void problems.push({ path: `uplinks.${name}`, message });
  const interfaces = interfacesIn(content);
  const ownerOf = new Map<string, string>();
  for (const [name, wanted] of interfaces) {
    if (!uplinkNames.test(name) || name === 'auto') {
      refuse(
        name,
        'an uplink\'s name is 1 to 32 of a-z 0-9 -, begins with no - and is not "auto" (text for people goes into title)',
      );
    }
    if (wanted === null) continue;
    const owner = ownerOf.get(wanted);
    if (owner !== undefined) refuse(name, `has the interface ${wanted}, which is uplink ${owner}'s already`);
    ownerOf.set(wanted, owner ?? name);
  }
  for (const name of interfaces.keys()) {
    const owner = ownerOf.get(name);
    if (owner !== undefined && owner !== name) refuse(name, `bears the name of uplink ${owner}'s interface`);
  }
  return problems;
}
