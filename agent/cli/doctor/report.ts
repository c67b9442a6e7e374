// What doctor says: a line for each thing that it looked at. Also the contract of `--json`.
import * as z from 'zod';

/** `wrong` is what is needed and does not work; what could not be found out is `unknown`, and neither. */
export const statuses = ['ok', 'warning', 'wrong', 'unknown'] as const;

export const DoctorLine = z.strictObject({
  /** A key of checks.ts. */
  check: z.string(),
  /** Which of several: an uplink, a program, a key of the configuration; null where there is one only. */
  subject: z.string().nullable(),
  status: z.enum(statuses),
  seen: z.string().min(1),
  /** Each by itself mends it: commands, or lines of the configuration; empty where there is nothing to do. */
  mend: z.array(z.string().min(1)),
});

export const DoctorReport = z.strictObject({
  /** Null where the configuration is wrong. */
  agent: z.string().nullable(),
  at: z.iso.datetime(),
  /** Nothing that is needed is wrong. */
  right: z.boolean(),
  lines: z.array(DoctorLine),
});

export type Status = (typeof statuses)[number];
export type DoctorLine = z.output<typeof DoctorLine>;
export type DoctorReport = z.output<typeof DoctorReport>;

/** What a check answers: its name is put in front where the report is made. */
export type Finding = Omit<DoctorLine, 'check'>;

const finding =
  (status: Status) =>
  (subject: string | null, seen: string, ...mend: string[]): Finding => ({ subject, status, seen, mend });

export const ok = finding('ok');
export const warning = finding('warning');
export const wrong = finding('wrong');
export const unknown = finding('unknown');
