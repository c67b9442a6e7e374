// The user's programs in a folder of their own, events, and a log that is kept.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished, vi } from 'vitest';
import type { ActionSettings } from '../../../agent/action/entries.ts';
import type { Log } from '../../../agent/log.ts';
import { type Event, type EventKind, newEvent } from '../../../shared/event.ts';

/** Gone when the test is over. */
export function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'pathproof-action-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

/** An executable script; its path. */
export function program(lines: string, into = folder(), mode = 0o755): string {
  const path = join(into, 'program');
  writeFileSync(path, `#!/bin/sh\n${lines}\n`, { mode });
  return path;
}

export const environment = { PATH: process.env['PATH'] ?? '', HOME: '/root', LANG: 'C.UTF-8' };

export const action = (run: [string, ...string[]], more: Partial<ActionSettings> = {}): ActionSettings => ({
  ...{ on: ['*'], subject: null, run, format: 'json', instance: 'main', timeoutMs: 20_000 },
  ...more,
});

export const turned = (
  kind: EventKind,
  lastKnown: 'up' | 'down' | null,
  evidence: Event['evidence'] = {},
  epochMs = Date.now(),
): Event => newEvent(kind, 'backup', { evidence: { lastKnown, target: '1.1.1.1', ...evidence } }, epochMs);

export interface Line {
  level: string;
  fields: object;
  message: string;
}

export function keptLog(): { log: Log; lines: Line[] } {
  const lines: Line[] = [];
  const at = (level: string) => (fields: object, message: string) =>
    void lines.push({ level, fields, message });
  return { log: { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }, lines };
}

/** A killed process may stand there until its parent looks. */
export const alive = (pid: string): boolean => {
  try {
    return !/^State:\s*[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
};

/** A program takes its time on a busy machine. */
export const eventually = (check: () => void | Promise<void>): Promise<void> =>
  vi.waitFor(check, { timeout: 8000 });
