// The conditions a request may put on a measurement, kind by kind. A condition that is not here is refused.
import * as z from 'zod';
import { country } from './country.ts';
import { parseNetwork } from './ip.ts';
import { quoted } from './issues.ts';
import { organisation } from './organisation.ts';
import { wordOf } from './words.ts';

const milliseconds = z.number().min(0).max(60_000);
const listOf = <T extends z.ZodType>(element: T) => z.array(element).min(1).max(64);
const text = z.string().trim().min(1).max(200);

const network = z
  .string()
  .trim()
  .refine((value) => parseNetwork(value) !== null, {
    error: ({ input }) => `must be an address or a network in CIDR notation, not ${quoted(input)}`,
  });

const latency = (least: string, most = least) => ({
  minLatencyMs: milliseconds.optional().meta({ description: `the least ${least} may be` }),
  maxLatencyMs: milliseconds.optional().meta({ description: `the most ${most} may be` }),
});
const echoes = {
  ...latency('the minimum RTT', 'the average RTT'),
  maxLossPercent: z
    .number()
    .min(0)
    .max(100)
    .optional()
    .meta({ description: 'the most echoes that may be lost' }),
  maxJitterMs: milliseconds
    .optional()
    .meta({ description: 'the most neighbouring RTTs may differ on average' }),
};
const hops = z.int().min(1).max(64).optional();

/** Refuses a pair of limits that no measurement can meet. */
const ordered =
  <T extends Record<string, unknown>>(low: keyof T & string, high: keyof T & string) =>
  (context: z.core.ParsePayload<T>): void => {
    const [least, most] = [context.value[low], context.value[high]];
    if (typeof least !== 'number' || typeof most !== 'number' || least <= most) return;
    context.issues.push({
      code: 'custom',
      message: `must be at least ${low} (${least}), not ${most}`,
      path: [high],
      input: context.value,
    });
  };

export const PingExpectation = z.strictObject(echoes).check(ordered('minLatencyMs', 'maxLatencyMs'));

export const TracerouteExpectation = z
  .strictObject({
    ...echoes,
    routeIncludes: listOf(network).optional().meta({
      description: 'addresses and networks (CIDR) that must each be met by some hop',
    }),
    routeExcludes: listOf(network).optional().meta({ description: 'those that no hop may be in' }),
    orgIncludes: listOf(organisation).optional().meta({
      description: 'organisations (AS64500, or a part of the name) that must each be met by some hop',
    }),
    orgExcludes: listOf(organisation).optional().meta({ description: 'those that no hop may belong to' }),
    asPathIncludes: listOf(organisation).optional().meta({
      description: 'networks in the order crossed, each by hops of its own; others may lie between',
    }),
    countriesExclude: listOf(country).optional().meta({
      description: 'countries (two letters) that no hop may be in',
    }),
    minHops: hops.meta({ description: 'the fewest hops to the target' }),
    maxHops: hops.meta({ description: 'the most hops to the target' }),
    maxSilentHops: z.int().min(0).max(64).optional().meta({
      description: 'how many hops may stay silent; without it a silent hop leaves every exclusion unknown',
    }),
  })
  .check(ordered('minLatencyMs', 'maxLatencyMs'), ordered('minHops', 'maxHops'));

export const DnsExpectation = z
  .strictObject({
    ...latency('the RTT'),
    answerIncludes: listOf(text).optional().meta({
      description: 'each must be among the answers: an address, a network, a name, or a part of a TXT',
    }),
    rcode: wordOf(['NOERROR', 'FORMERR', 'SERVFAIL', 'NXDOMAIN', 'NOTIMP', 'REFUSED'])
      .default('NOERROR')
      .meta({ description: 'NOERROR where not given' }),
    minAnswers: z.int().min(0).max(100).optional().meta({
      description: 'how many records of the type asked for the answer must hold',
    }),
  })
  .check(ordered('minLatencyMs', 'maxLatencyMs'));

const statusCodes = z.union([
  z.int().min(100).max(599),
  z
    .string()
    .regex(/^[1-5]\d\d(-[1-5]\d\d)?$/, { error: 'must be a status code or a range such as 200-299' })
    .refine((range) => range.slice(0, 3) <= range.slice(-3), { error: 'must not end below its beginning' }),
]);

// Taken as a beginning: https: alone asks for no more than that it leads to HTTPS.
const urlBeginning = text.regex(/^https?:(\/\/[^/?#@\\\s]*([/?#]\S*)?)?$/i, {
  error: 'must be the beginning of an http(s) URL, without a user name or a password',
});

export const HttpExpectation = z
  .strictObject({
    ...latency('the total time'),
    statusCodes: listOf(statusCodes).optional().meta({
      description: '200-299 where not given, or 300-399 where a redirection is expected',
    }),
    bodyIncludes: listOf(text).optional().meta({ description: 'texts that must all be in the body' }),
    bodyExcludes: listOf(text).optional().meta({ description: 'texts of which none may be in the body' }),
    certificateDaysLeft: z.int().min(0).max(3650).optional().meta({
      description: "the fewest days that the server's certificate must still be valid",
    }),
    redirectsTo: urlBeginning.optional().meta({ description: 'what the URL that it leads to begins with' }),
  })
  .check(ordered('minLatencyMs', 'maxLatencyMs'));

export const EgressExpectation = z
  .strictObject({
    ...latency('the RTT'),
    addressIncludes: listOf(network).optional().meta({ description: 'one of these must hold it' }),
    addressExcludes: listOf(network).optional().meta({ description: 'none of these may hold it' }),
    orgIncludes: listOf(organisation).optional().meta({ description: 'it must belong to one of these' }),
    orgExcludes: listOf(organisation).optional().meta({ description: 'it must belong to none of these' }),
    countryIncludes: listOf(country).optional().meta({ description: 'it must be in one of these' }),
  })
  .check(ordered('minLatencyMs', 'maxLatencyMs'));

export const expectationsByKind = {
  ping: Object.keys(PingExpectation.shape),
  traceroute: Object.keys(TracerouteExpectation.shape),
  dns: Object.keys(DnsExpectation.shape),
  http: Object.keys(HttpExpectation.shape),
  egress: Object.keys(EgressExpectation.shape),
};
