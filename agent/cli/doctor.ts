// `pathproof doctor`: what is right here and what is not, and what mends it. It changes nothing, and works beside a
// running agent.
import { constants } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../../shared/thrown.ts';
import { leaveToPrograms, readConfig } from '../config.ts';
import type { SettingsPlace } from '../config/place.ts';
import { type Box, openBox } from './doctor/box.ts';
import { type Look, checks } from './doctor/checks.ts';
import { type DoctorLine, type DoctorReport, type Finding, unknown } from './doctor/report.ts';
import { lookFor } from './doctor/programs.ts';
import { tableOf } from './doctor/table.ts';
import { type SettingsOptions, placeBy } from './settings.ts';
import { paintFor } from './terminal.ts';

export interface DoctorOptions extends SettingsOptions {
  json?: boolean;
}

/** For each check; they run side by side. */
const limitMs = 8000;
/** resolv.conf(5): a dead name server keeps getaddrinfo, which nothing can stop, for 10 s and more. */
const resolverOptions = 'timeout:1 attempts:2';

/** Never rejects. */
async function lookWithin(look: Look, box: Box): Promise<Finding[]> {
  const ending = new AbortController();
  const late = delay(limitMs, null, { ref: false }).then(() => [
    unknown(null, `could not be found out within ${limitMs / 1000} s`),
  ]);
  const looked = look(box, ending.signal).catch((error: unknown) => [
    unknown(null, `could not be found out: ${messageOf(error)}`),
  ]);
  const findings = await Promise.race([looked, late]);
  ending.abort();
  return findings;
}

/** As it can be pasted here: who is root has no need of sudo, which small systems lack. */
function pastedHere({ environment }: Box): (mend: string) => string {
  const isNeedless = process.geteuid?.() === 0 && !lookFor(environment['PATH'] ?? '', 'sudo');
  return (mend) => (isNeedless ? mend.replaceAll(/\bsudo (?=\S)/g, '') : mend);
}

export async function examine(box: Box): Promise<DoctorReport> {
  const found = await Promise.all(
    Object.entries(checks).map(async ([check, { look }]) =>
      (await lookWithin(look, box)).map((finding): DoctorLine => ({ check, ...finding })),
    ),
  );
  const pasted = pastedHere(box);
  const lines = found.flat().map((line) => ({ ...line, mend: line.mend.map(pasted) }));
  const right = lines.every(({ status }) => status !== 'wrong');
  return { agent: box.config?.DEVICE_NAME ?? null, at: new Date().toISOString(), right, lines };
}

async function report(place: SettingsPlace, json: boolean): Promise<number> {
  const read = readConfig(undefined, place);
  const environment = leaveToPrograms();
  environment['RES_OPTIONS'] ??= resolverOptions;
  const box = openBox(read, place, environment);
  // However the process ends: ip monitor would outlive it.
  process.once('exit', () => box.close());
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    // As a shell tells of a program that a signal ended.
    process.once(signal, () => process.exit(128 + constants.signals[signal]));
  }
  const seen = await examine(box);
  box.close();
  const titleOf = (check: string): string => checks[check]?.title ?? check;
  process.stdout.write(
    json ? `${JSON.stringify(seen, null, 2)}\n` : tableOf(seen, titleOf, paintFor(process.stdout)),
  );
  return seen.right ? 0 : 1;
}

/** Its exit status: 0 where nothing that is needed is wrong, 1 where something is, 2 where it could not be run; 128 and a signal's number. */
export async function doctor({ json = false, ...choice }: DoctorOptions): Promise<number> {
  try {
    return await report(placeBy(choice), json);
  } catch (error) {
    process.stderr.write(`pathproof doctor: ${messageOf(error)}\n`);
    return 2;
  }
}
