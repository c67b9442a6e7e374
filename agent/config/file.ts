// The YAML file: uplinks, and what later parts add. Read strictly; every problem names its path.
import { type ErrorCode, LineCounter, parseDocument } from 'yaml';
import * as z from 'zod';
import { canonicalAddress, isLoopback, unmapped, unprobeableKind } from '../../shared/ip.ts';
import { type FieldProblem, parseWith } from '../../shared/issues.ts';
import { isRecord } from '../../shared/record.ts';
import { egressTarget } from '../../shared/target.ts';

const interfaceName = z.string().regex(/^(?!-)[^\s/]{1,15}$/, {
  error: ({ input }) => `must be an interface's name, not ${JSON.stringify(input)}`,
});

/** Why a text is nobody's address; `wanted` and `whose` say what would be right. */
function addressProblem(text: string, wanted: string, whose: string): string | null {
  const address = canonicalAddress(text);
  if (address === null) return `must be ${wanted}, not ${JSON.stringify(text)}`;
  const kind = unprobeableKind(unmapped(address));
  return kind === null ? null : `must be ${whose} address; ${address} is ${kind}`;
}

function loopbackProblem(text: string): string | null {
  const address = unmapped(canonicalAddress(text) ?? text);
  const words = "is loopback, which can't be asked through an uplink";
  return isLoopback(address) ? `must be a name server's address; ${address} ${words}` : null;
}

const nameServer = z
  .string()
  .check((context) => {
    const message =
      addressProblem(context.value, 'an address', "a name server's") ?? loopbackProblem(context.value);
    if (message !== null) context.issues.push({ code: 'custom', message, input: context.value });
  })
  .transform((text) => unmapped(canonicalAddress(text) ?? text));

const Uplink = z.strictObject({
  title: z.string().min(1).max(100).optional(),
  interface: interfaceName,
  priority: z.int().min(0).max(1000).default(100),
  gateway: z
    .string()
    .check((context) => {
      const { value } = context;
      const message = value === 'auto' ? null : addressProblem(value, 'auto or an address', "a neighbour's");
      if (message !== null) context.issues.push({ code: 'custom', message, input: context.value });
    })
    .transform((value) => (value === 'auto' ? null : canonicalAddress(value)))
    .default(null),
  metered: z.boolean().default(false),
  dnsServers: z
    .array(nameServer)
    .min(1)
    .max(8)
    .transform((servers): string[] | null => servers)
    .default(null),
});

const Egress = z.strictObject({
  /** Null for the built-in list. */
  servers: z
    .array(egressTarget)
    .min(1)
    .max(16)
    .transform((servers): string[] | null => servers)
    .default(null),
});

const ConfigFile = z.strictObject({
  // With every uplink commented out there is nothing under it.
  uplinks: z.preprocess((value) => value ?? {}, z.record(z.string(), Uplink)).default({}),
  egress: z.preprocess((value) => value ?? {}, Egress).default({ servers: null }),
});

const ofLaterVersions = ['monitors', 'failover', 'actions', 'data', 'targets'];
const notYet = (key: string): string | null =>
  ofLaterVersions.includes(key) ? `${key} is not in this version` : null;

export type Uplinks = z.output<typeof ConfigFile>['uplinks'];
export type FileSettings = z.output<typeof ConfigFile>;

export const emptyFile: FileSettings = { uplinks: {}, egress: { servers: null } };

const uplinkNames = /^[a-z0-9-]{1,32}$/;

/** Each uplink's interface as it stands; null where it is none. What else is wrong is told beside. */
function interfacesIn(content: unknown): Map<string, string | null> {
  const uplinks = isRecord(content) && isRecord(content['uplinks']) ? content['uplinks'] : {};
  const interfaceOf = (uplink: unknown): string | null =>
    isRecord(uplink) && typeof uplink['interface'] === 'string' ? uplink['interface'] : null;
  return new Map(Object.entries(uplinks).map(([name, uplink]) => [name, interfaceOf(uplink)]));
}

function contradictions(content: unknown): FieldProblem[] {
  const problems: FieldProblem[] = [];
  const refuse = (name: string, message: string): void =>
    void problems.push({ path: `uplinks.${name}`, message });
  const interfaces = interfacesIn(content);
  const ownerOf = new Map<string, string>();
  for (const [name, wanted] of interfaces) {
    if (!uplinkNames.test(name) || name === 'auto') {
      refuse(
        name,
        'an uplink\'s name is 1 to 32 of a-z 0-9 - and not "auto" (text for people goes into title)',
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

/** Reads the file's text. */
export function readFileSettings(
  text: string,
): { ok: true; settings: FileSettings } | { ok: false; problems: FieldProblem[] } {
  const read = readYaml(text);
  if (!read.ok) return read;
  const parsed = parseWith(ConfigFile, read.content ?? {}, notYet);
  const problems = [...(parsed.ok ? [] : parsed.problems), ...contradictions(read.content)];
  return parsed.ok && problems.length === 0 ? { ok: true, settings: parsed.value } : { ok: false, problems };
}

/** Complaints that say what they are about in the file's own words, which may be a secret. */
const withoutSource: Partial<Record<ErrorCode, string>> = {
  BAD_DIRECTIVE: 'Bad directive',
  BAD_DQ_ESCAPE: 'Invalid escape sequence',
  TAG_RESOLVE_FAILED: 'Unresolved tag',
};
/** Behind a colon stands what was found. */
const complaint = (message: string): string => message.replace(/(?<! ): .*/s, '');

function readYaml(text: string): { ok: true; content: unknown } | { ok: false; problems: FieldProblem[] } {
  const refuse = (messages: string[]): { ok: false; problems: FieldProblem[] } => ({
    ok: false,
    problems: messages.map((message) => ({ path: '', message })),
  });
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { prettyErrors: false, uniqueKeys: true, lineCounter });
  if (document.errors.length > 0) {
    const messages = document.errors.map(({ code, message, pos: [offset] }) => {
      const { line, col } = lineCounter.linePos(offset);
      return `${withoutSource[code] ?? complaint(message)} at line ${line}, column ${col}`;
    });
    return refuse(messages);
  }
  try {
    return { ok: true, content: document.toJS({ maxAliasCount: 100 }) };
  } catch (error) {
    // Only now are aliases followed: to nowhere, or to a billion places.
    return refuse([complaint(error instanceof Error ? error.message : String(error))]);
  }
}
