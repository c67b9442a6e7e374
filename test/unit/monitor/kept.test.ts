// What is found again after a restart: as much of it as can be read, whichever version kept it.
import { describe, expect, it } from 'vitest';
import { nothingKnown } from '../../../agent/monitor/condition.ts';
import { type Kept, keptFor } from '../../../agent/monitor/kept.ts';
import { requestOf } from '../shared/request/reading.ts';
import { egressFigures, measured } from '../assess/measured.ts';
import { sceneOf, settingsOf } from './kit.ts';

const probe = { kind: 'egress' as const, body: { via: 'lte' } };
const settings = settingsOf({ probe });

/** With a state, an address, and both that commands set, as JSON keeps it. */
async function known(): Promise<Kept & Record<string, unknown>> {
  const { runner, runs } = sceneOf({ probe, warn: requestOf('egress', {}) });
  await runs(() => measured({ egress: egressFigures({ address: '203.0.113.5' }) }));
  runner.override({ enabled: { value: false, fileValue: true } });
  runner.override({ intervalMs: { value: 5000, fileValue: 60_000 } });
  return { ...runner.kept() };
}

function read(stored: unknown) {
  const unread: string[] = [];
  const kept = keptFor(settings, stored, (part) => void unread.push(part));
  return { kept, unread };
}

describe('what was kept', () => {
  it('is found as it was, and nothing where nothing was', async () => {
    const kept = await known();
    expect(read(JSON.parse(JSON.stringify(kept)))).toEqual({ kept, unread: [] });
    expect(read(undefined)).toMatchObject({ kept: { condition: nothingKnown, enabled: null }, unread: [] });
  });

  it.each([
    ['condition', { state: 'sideways' }],
    ['seen', { lossPercent: 'all' }],
    ['egress', ['203.0.113.5']],
    ['enabled', 'no'],
    ['intervalMs', { value: 'often', fileValue: 60_000 }],
  ])('loses of it only the %s that can not be read, and says so', async (part, broken) => {
    const kept = await known();
    const anew = read(undefined).kept;
    const { kept: found, unread } = read({ ...kept, [part]: broken });
    expect(unread).toEqual([part]);
    expect(found).toEqual({
      ...kept,
      [part]: Object.entries<unknown>({ ...anew }).find(([name]) => name === part)?.[1],
    });
  });

  it('by another version may have more and less', async () => {
    const kept = await known();
    const { neutralInARow, ...condition } = kept.condition;
    const { certificateDaysLeft, ...seen } = kept.seen;
    const stored = { ...kept, condition: { ...condition, mood: 'good' }, seen, later: {} };
    expect([neutralInARow, certificateDaysLeft]).toEqual([0, null]);
    expect(read(stored)).toEqual({ kept, unread: [] });
  });

  it('of something else leaves what commands set', async () => {
    const kept = await known();
    const { kept: found, unread } = read({ ...kept, subject: 'another', condition: 'up' });
    expect(found).toMatchObject({ condition: nothingKnown, enabled: { value: false } });
    expect(unread).toEqual([]);
  });

  it.each(['up', null, []])('that is no record is said to be unreadable: %j', (stored) => {
    expect(read(stored).unread).toEqual(['subject']);
  });
});
