// imon's file as its configuration program writes it, with its defaults. Pure.
import * as z from 'zod';
import { durationWords } from '../../../../shared/duration.ts';

/** imon turns texts into numbers too. */
const numeric = (schema: z.ZodType<number>) =>
  z.preprocess((given) => {
    const isNumber = typeof given === 'string' && /^\s*\d+(\.\d+)?\s*$/.test(given);
    return isNumber ? Number(given) : given;
  }, schema);

const text = z
  .string()
  .nullish()
  .transform((given) => (given ?? '').trim());

const loop = {
  enable: z.boolean().default(false),
  interval: numeric(z.number().min(0)).default(10),
  pingcount: numeric(z.int().min(1).max(100)).default(2),
  pingwait: numeric(z.number().min(0).max(60)).default(1),
};

export const Global = z.looseObject({
  action: text,
  datefmt: text,
  instance: text,
  note: text,
  'imon-configure-version': text,
  'imon-configure-created': text,
  debug: z.boolean().default(false),
});

export const Ddns = z.looseObject(loop);
export const Ping = z.looseObject({ ...loop, monitorip: text });
export const Updown = z.looseObject({
  ...loop,
  monitorip: text,
  addping: text,
  dnsserver: text,
  dnslookup: text,
});

export const Failover = z.looseObject({
  ...loop,
  'prefer-primary': z.boolean().default(false),
  metric: numeric(z.int().min(0)).default(201),
  'primary-if': text,
  'primary-name': text,
  'primary-gw': text,
  'primary-ping': text,
  'primary-postping': text,
  'standby-if': text,
  'standby-name': text,
  'standby-gw': text,
  'standby-ping': text,
  'standby-postping': text,
});

export type Ddns = z.output<typeof Ddns>;
export type Ping = z.output<typeof Ping>;
export type Updown = z.output<typeof Updown>;
export type Failover = z.output<typeof Failover>;

const sections = { global: Global, ddns: Ddns, updown: Updown, failover: Failover, ping: Ping };

export const File = z.looseObject({
  global: Global.prefault({}),
  ddns: Ddns.optional(),
  updown: Updown.optional(),
  failover: Failover.optional(),
  ping: Ping.optional(),
});
export type File = z.output<typeof File>;

/** By these a file is known as imon's. */
export const imonKeys: readonly string[] = Object.keys(sections);

/** The keys that each section has. */
export const keysOf: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  Object.entries(sections).map(([name, { shape }]) => [name, Object.keys(shape)]),
);

/** A number of seconds as whole milliseconds within limits, and where it comes from, which says so where it was not. */
export function within(
  key: string,
  seconds: number,
  leastMs: number,
  mostMs: number,
): { ms: number; from: string } {
  const meantMs = Math.round(seconds * 1000);
  const ms = Math.min(Math.max(meantMs, leastMs), mostMs);
  if (ms === meantMs) return { ms, from: key };
  return { ms, from: `${key}, which may be ${durationWords(leastMs)} to ${durationWords(mostMs)} here` };
}

export const elements = (list: string): string[] =>
  list
    .split(',')
    .map((element) => element.trim())
    .filter((element) => element !== '');
