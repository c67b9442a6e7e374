// What a probe request is: one strict shape per kind, the same from every entrance.
import * as z from 'zod';
import {
  DnsExpectation,
  EgressExpectation,
  HttpExpectation,
  PingExpectation,
  TracerouteExpectation,
  expectationsByKind,
} from './expectation.ts';
import { canonicalAddress, canonicalHost } from './ip.ts';
import { type FieldProblem, parseWith, quoted } from './issues.ts';

export const kinds = ['ping', 'traceroute', 'dns', 'http', 'egress'] as const;
export type Kind = (typeof kinds)[number];
export const isKind = (word: string): word is Kind => kinds.some((kind) => kind === word);

const host = z
  .string()
  .min(1)
  .max(255)
  .refine((value) => canonicalHost(value) !== null, {
    error: ({ input }) => `must be an address or a host name, not ${quoted(input)}`,
    abort: true,
  })
  .overwrite((value) => canonicalHost(value) ?? value);

function httpUrlProblem(text: string): string | null {
  if (!URL.canParse(text)) return 'must be a URL';
  const url = new URL(text);
  if (!['http:', 'https:'].includes(url.protocol))
    return `must begin with http: or https:, not ${url.protocol}`;
  return url.username === '' && url.password === '' ? null : 'must not hold a user name or a password';
}

/** A check whose sentence depends on the value; the value itself is never shown (it may hold a secret). */
const told = (problemOf: (value: string) => string | null) => (context: z.core.ParsePayload<string>) => {
  const message = problemOf(context.value);
  if (message !== null) context.issues.push({ code: 'custom', message, input: undefined });
};

const httpUrl = z.string().max(2048).check(told(httpUrlProblem));

function egressTargetProblem(text: string): string | null {
  if (!text.startsWith('stun:')) {
    return httpUrlProblem(text) === null ? null : 'must be stun:HOST:PORT or an http(s) URL';
  }
  const [, hostText = '', port = ''] = /^stun:(.+):(\d{1,5})$/.exec(text) ?? [];
  const isStun = canonicalHost(hostText) !== null && Number(port) >= 1 && Number(port) <= 65535;
  return isStun ? null : 'must be stun:HOST:PORT';
}

// Digits and dots, or hexadecimal groups and colons: no name of an interface is meant.
const likeAnAddress = /^(\d+\.){2,}\d*$|^[0-9a-f.]*:[0-9a-f.]*:[0-9a-f.:]*(%.*)?$/i;

const common = {
  id: z
    .string()
    .min(1)
    .max(128)
    .optional()
    .meta({ description: 'echoed in the result; made up where absent' }),
  via: z
    .string()
    .min(1)
    .max(64)
    .regex(/^[^\s/-][^\s/]*$/, { error: 'must be an uplink, an interface or a local address', abort: true })
    .refine((value) => !likeAnAddress.test(value) || canonicalAddress(value) !== null, {
      error: ({ input }) =>
        `must be an uplink, an interface or a local address; ${quoted(input)} is no address`,
    })
    .optional()
    .meta({
      description: 'the uplink, interface or local address whose interface the packets must leave by',
    }),
  family: z
    .union([z.literal(4), z.literal(6), z.literal('auto')], { error: 'must be 4, 6 or "auto"' })
    .default('auto'),
  timeoutMs: z.int().min(100).max(60_000).default(10_000),
  replyTo: z.string().min(1).optional(),
  force: z.boolean().default(false),
};

const echoes = {
  count: z.int().min(1).max(100).default(3),
  intervalMs: z.int().min(10).max(60_000).default(200),
  packetBytes: z.int().min(8).max(1472).default(56),
  waitMs: z.int().min(10).max(60_000).default(1000),
};

export const PingRequest = z.strictObject({
  kind: z.literal('ping'),
  target: host,
  ...common,
  ...echoes,
  expect: PingExpectation.prefault({}),
});

export const TracerouteRequest = z.strictObject({
  kind: z.literal('traceroute'),
  target: host,
  ...common,
  ...echoes,
  expect: TracerouteExpectation.prefault({}),
});

export const recordTypes = ['A', 'AAAA', 'CNAME', 'MX', 'NS', 'PTR', 'SOA', 'SRV', 'TXT'] as const;

export const DnsRequest = z.strictObject({
  kind: z.literal('dns'),
  target: host.meta({ description: 'the server that is asked' }),
  name: host.meta({ description: 'the name that is asked for' }),
  recordType: z.enum(recordTypes).default('A'),
  ...common,
  expect: DnsExpectation.prefault({}),
});

export const HttpRequest = z.strictObject({
  kind: z.literal('http'),
  target: httpUrl,
  method: z.enum(['GET', 'HEAD']).default('GET'),
  ...common,
  expect: HttpExpectation.prefault({}),
});

/** What tells a public address: a STUN server, or a page that is nothing but the address. */
export const EgressTarget = z.string().max(2048).check(told(egressTargetProblem));

export const EgressRequest = z.strictObject({
  kind: z.literal('egress'),
  target: EgressTarget.optional(),
  ...common,
  expect: EgressExpectation.prefault({}),
});

export const requestSchemas = {
  ping: PingRequest,
  traceroute: TracerouteRequest,
  dns: DnsRequest,
  http: HttpRequest,
  egress: EgressRequest,
};
export const RequestSchema = z.discriminatedUnion('kind', [
  PingRequest,
  TracerouteRequest,
  DnsRequest,
  HttpRequest,
  EgressRequest,
]);

export type Request = z.output<typeof RequestSchema>;
export type RequestOf<K extends Kind> = Extract<Request, { kind: K }>;

/** A condition known to other kinds is refused by name, not as a misspelling. */
function otherKindsCondition(kind: Kind, key: string): string | null {
  if (expectationsByKind[kind].includes(key)) return null;
  const judges = kinds.filter((other) => expectationsByKind[other].includes(key));
  return judges.length === 0 ? null : `a ${kind} can't judge ${key} (${judges.join(', ')} can)`;
}

/** Reads one request of a kind; on failure, every problem with its path. */
export function parseRequest(
  kind: Kind,
  body: object,
): { ok: true; request: Request } | { ok: false; problems: FieldProblem[] } {
  const parsed = parseWith(requestSchemas[kind], { kind, ...body }, (key) => otherKindsCondition(kind, key));
  return parsed.ok ? { ok: true, request: parsed.value } : parsed;
}
