// The data budget at work: read, kept over restarts, told of once, and held to.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type BudgetedUplink, createDataBudget } from '../../../agent/budget/index.ts';
import type { Log } from '../../../agent/log.ts';
import { memoryStore } from '../../fixtures/store.ts';
import type { Event } from '../../../shared/event.ts';
import type { Instant } from '../../../shared/instant.ts';
import { noTraffic } from '../../../shared/measurement.ts';
import type { Change, KeepsState } from '../../../shared/store.ts';

beforeEach(() => {
  vi.stubEnv('TZ', 'UTC');
  vi.useFakeTimers({ now: new Date('2026-11-20T07:00:00Z') });
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.useRealTimers();
});

interface Machine {
  rxBytes: number | null;
  boot: string;
  uplinks: Record<string, BudgetedUplink>;
  store: KeepsState;
}

const machine = (given: Partial<Machine> = {}): Machine => ({
  rxBytes: 5000,
  boot: 'one',
  uplinks: {
    lte: { interface: 'eth1', data: { monthlyMegabytes: 1, resetDay: 1 } },
    fibre: { interface: 'eth0', data: null },
  },
  store: memoryStore(),
  ...given,
});

async function budgetOn(box: Machine) {
  const events: { event: Event; alongside: Change[] }[] = [];
  const warnings: string[] = [];
  const silent = (): void => undefined;
  const warn: Log['warn'] = (_fields, message) => void warnings.push(message);
  const budget = createDataBudget({
    settings: () => box.uplinks,
    counters: () => (box.rxBytes === null ? null : { rxBytes: box.rxBytes, txBytes: 0 }),
    store: box.store,
    emit: (event, alongside) => void events.push({ event, alongside }),
    now: (): Instant => ({ epochMs: Date.now(), upMs: performance.now(), boot: box.boot }),
    log: { debug: silent, info: silent, warn, error: silent },
  });
  await budget.start();
  return { budget, events, warnings };
}

const sent = (bytesSent: number) => ({ ...noTraffic, bytesSent });
const carry = (box: Machine, bytes: number): void => {
  box.rxBytes = (box.rxBytes ?? 0) + bytes;
  vi.advanceTimersByTime(10_000);
};

describe('the data used', () => {
  it('is what the interface carries from now on, and what of it were probes', async () => {
    const box = machine();
    const { budget } = await budgetOn(box);
    budget.spent('lte', sent(100));
    carry(box, 300_000);
    expect(budget.view('lte')).toEqual({
      ...{ usedBytes: 300_000, probesBytes: 100, limitBytes: 1_000_000, leftBytes: 700_000 },
      since: Date.parse('2026-11-01T00:00:00Z'),
    });
  });

  it('is held against whole bytes', async () => {
    const box = machine({
      uplinks: { lte: { interface: 'eth1', data: { monthlyMegabytes: 1.001, resetDay: 1 } } },
    });
    const { budget } = await budgetOn(box);
    expect(budget.view('lte')).toMatchObject({ limitBytes: 1_001_000, leftBytes: 1_001_000 });
  });

  it('is what the probes carry where the interface can not be read', async () => {
    const { budget } = await budgetOn(machine({ rxBytes: null }));
    budget.spent('lte', { ...noTraffic, bytesSent: 40, bytesReceived: 60 });
    expect(budget.view('lte')).toMatchObject({ usedBytes: 100, probesBytes: 100 });
  });

  it('is not counted where no limit is set, nor for what is no uplink', async () => {
    const { budget } = await budgetOn(machine());
    budget.spent('fibre', sent(100));
    budget.spent(null, sent(100));
    expect(['fibre', 'constructor'].map((uplink) => budget.view(uplink))).toEqual([null, null]);
    expect(['fibre', null].map((uplink) => budget.refusal(uplink))).toEqual([null, null]);
  });

  it('lasts over a restart of the agent, with what went by meanwhile', async () => {
    const box = machine();
    const first = await budgetOn(box);
    carry(box, 1000);
    first.budget.spent('lte', sent(30));
    await first.budget.stop();
    box.rxBytes = (box.rxBytes ?? 0) + 500;
    const { budget } = await budgetOn(box);
    expect(budget.view('lte')).toMatchObject({ usedBytes: 1500, probesBytes: 30 });
  });

  it('lasts over a restart of the machine, whose counters begin anew', async () => {
    const box = machine();
    const first = await budgetOn(box);
    carry(box, 1000);
    await first.budget.stop();
    const { budget } = await budgetOn(Object.assign(box, { rxBytes: 700, boot: 'two' }));
    expect(budget.view('lte')).toMatchObject({ usedBytes: 1700 });
  });

  it('is kept once a minute at most, and not forced to the disk', async () => {
    const box = machine();
    const write = vi.spyOn(box.store, 'write');
    await budgetOn(box);
    vi.advanceTimersByTime(50_000);
    expect(write).not.toHaveBeenCalled();
    vi.advanceTimersByTime(130_000);
    expect(write.mock.calls.map(([, options]) => options)).toEqual(Array(3).fill({ sync: false }));
  });

  it('is counted anew where what was kept can not be read, and that is said', async () => {
    const box = machine();
    await box.store.sub('budget').put('lte', { since: 'yesterday' });
    const { budget, warnings } = await budgetOn(box);
    expect(warnings).toEqual(["what was kept of the data used can't be read; it is counted anew"]);
    expect(budget.view('lte')).toMatchObject({ usedBytes: 0 });
  });

  it('goes on being counted on a disk that fails', async () => {
    const box = machine();
    const gone = (): never => {
      throw new Error('EIO');
    };
    box.store = { sub: gone, write: () => Promise.reject(new Error('EIO')) };
    const { budget, warnings } = await budgetOn(box);
    carry(box, 1000);
    await budget.stop();
    expect(budget.view('lte')).toMatchObject({ usedBytes: 1000 });
    expect(warnings).toEqual(["what was kept of the data used can't be had; it is counted anew"]);
  });
});

describe('a budget', () => {
  it('warns at 80 % and is used up at 100 %, each told once with what it was and what is kept', async () => {
    const box = machine();
    const { budget, events } = await budgetOn(box);
    budget.spent('lte', sent(200));
    carry(box, 800_000);
    carry(box, 100_000);
    carry(box, 100_000);
    carry(box, 100_000);
    const since = Date.parse('2026-11-01T00:00:00Z');
    const evidence = (usedBytes: number) => ({ usedBytes, probesBytes: 200, limitBytes: 1_000_000, since });
    expect(events.map(({ event: { kind, subject, evidence: seen } }) => [kind, subject, seen])).toEqual([
      ['budget.warning', 'lte', evidence(800_000)],
      ['budget.exhausted', 'lte', evidence(1_000_000)],
    ]);
    expect(events[1]?.alongside).toMatchObject([
      { part: 'budget', key: 'lte', value: { told: ['warning', 'exhausted'], interfaceBytes: 1_000_000 } },
    ]);
  });

  it('is not told of again after a restart', async () => {
    const box = machine();
    const first = await budgetOn(box);
    carry(box, 1_000_000);
    await box.store.write(
      first.events.flatMap(({ alongside }) => alongside),
      { sync: true },
    );
    const { events, budget } = await budgetOn(box);
    carry(box, 1000);
    expect(events).toEqual([]);
    expect(budget.refusal('lte')).not.toBeNull();
  });

  it('refuses once it is used up, until the period ends, and says when that is', async () => {
    const box = machine();
    const { budget } = await budgetOn(box);
    carry(box, 999_999);
    expect(budget.refusal('lte')).toBeNull();
    budget.spent('lte', sent(1_000_000));
    expect(budget.refusal('lte')).toMatchObject({
      code: 'budgetExhausted',
      source: 'policy',
      message: 'the data budget of uplink lte, 1 MB, is used up; it begins anew on 2026-12-01 00:00',
    });
    vi.setSystemTime(new Date('2026-12-01T00:00:00Z'));
    expect(budget.refusal('lte')).toBeNull();
    expect(budget.view('lte')).toMatchObject({ usedBytes: 0, leftBytes: 1_000_000 });
  });

  it('counts with the limit that is set now', async () => {
    const box = machine();
    const { budget } = await budgetOn(box);
    carry(box, 1_500_000);
    expect(budget.refusal('lte')).not.toBeNull();
    box.uplinks['lte'] = { interface: 'eth1', data: { monthlyMegabytes: 2, resetDay: 1 } };
    expect(budget.refusal('lte')).toBeNull();
    box.uplinks['lte'] = { interface: 'eth1', data: null };
    expect([budget.refusal('lte'), budget.view('lte')]).toEqual([null, null]);
  });
});
