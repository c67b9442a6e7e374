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
import { canonicalAddress } from './ip.ts';
import { type FieldProblem, parseWith, quoted } from './issues.ts';
import { addressAsName, asAsked, questionName, recordType } from './question.ts';
import { egressTarget, hostTarget, httpUrl } from './target.ts';
import { wordOf } from './words.ts';

export const kinds = ['ping', 'traceroute', 'dns', 'http', 'egress'] as const;
export type Kind = (typeof kinds)[number];
/** "a ping", "an egress" */
export const oneOf = (kind: Kind): string => `${/^(http|egress)$/.test(kind) ? 'an' : 'a'} ${kind}`;
export const isKind = (word: string): word is Kind => kinds.some((kind) => kind === word);

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
    .default('auto')
    .meta({ description: 'of IP; IPv4 where target and uplink both have it, else IPv6' }),
  timeoutMs: z.int().min(100).max(60_000).default(10_000).meta({ description: 'for all of it' }),
  replyTo: z.string().min(1).optional().meta({ description: 'the topic that gets the result too' }),
  force: z.boolean().default(false).meta({ description: "over the uplink's used-up data budget" }),
};

const echoes = {
  count: z.int().min(1).max(100).default(3).meta({ description: 'of echoes to the target' }),
  intervalMs: z.int().min(10).max(60_000).default(200).meta({ description: 'from one echo to the next' }),
  packetBytes: z.int().min(8).max(1472).default(56).meta({ description: "of an echo's payload" }),
  waitMs: z.int().min(10).max(60_000).default(1000).meta({ description: 'the longest for an answer' }),
};

export const PingRequest = z.strictObject({
  kind: z.literal('ping'),
  target: hostTarget,
  ...common,
  ...echoes,
  expect: PingExpectation.prefault({}),
});

export const TracerouteRequest = z.strictObject({
  kind: z.literal('traceroute'),
  target: hostTarget,
  ...common,
  ...echoes,
  expect: TracerouteExpectation.prefault({}),
});

export const DnsRequest = z
  .strictObject({
    kind: z.literal('dns'),
    target: hostTarget.meta({ description: 'the server that is asked' }),
    name: questionName.meta({ description: 'the name that is asked for; with PTR an address too' }),
    recordType: recordType.default('A').meta({ description: 'A where not given' }),
    ...common,
    expect: DnsExpectation.prefault({}),
  })
  .check(addressAsName)
  .overwrite(asAsked);

export const HttpRequest = z.strictObject({
  kind: z.literal('http'),
  target: httpUrl.meta({ description: 'an http: or https: URL' }),
  method: wordOf(['GET', 'HEAD']).default('GET').meta({ description: 'GET where not given' }),
  ...common,
  expect: HttpExpectation.prefault({}),
});

export const EgressRequest = z.strictObject({
  kind: z.literal('egress'),
  target: egressTarget
    .optional()
    .meta({ description: 'stun:HOST:PORT or a URL; the configured servers where not given' }),
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
  return judges.length === 0 ? null : `${oneOf(kind)} can't judge ${key} (${judges.join(', ')} can)`;
}

/** Reads one request of a kind; on failure, every problem with its path. */
export function parseRequest(
  kind: Kind,
  body: object,
): { ok: true; request: Request } | { ok: false; problems: FieldProblem[] } {
  const parsed = parseWith(requestSchemas[kind], { kind, ...body }, (key) => otherKindsCondition(kind, key));
  return parsed.ok ? { ok: true, request: parsed.value } : parsed;
}
