import { expect, it } from 'vitest';
import type { Outcome } from '../../../../agent/uplink/health/look.ts';
import { noVotes } from '../../../../agent/uplink/health/votes.ts';
import type { Footing } from '../../../../agent/uplink/measuring/footing.ts';
import { createLine } from '../../../../agent/uplink/measuring/line.ts';
import { flapSettings, settings } from '../health/settings.ts';
import { echoes, fakeTime, nowMs, pass, silence } from './kit.ts';

const ready: Footing = {
  link: { link: 'ready', carrierSinceMs: -Infinity, lookAgainMs: null },
  gateway: '198.51.100.1',
  sources: ['198.51.100.2'],
};
const linked = (link: Footing['link']['link'], lookAgainMs: number | null = null): Footing => ({
  ...ready,
  link: { link, carrierSinceMs: null, lookAgainMs },
});

function begin(other: { targets?: string[]; up?: number; down?: number } = {}) {
  fakeTime();
  const { targets = ['192.0.2.1'], ...judged } = other;
  const all = { footing: ready, targets, addresses: new Map(targets.map((target) => [target, target])) };
  const echo = echoes();
  const outcomes: Outcome[] = [];
  const line = createLine({
    targets: () => all.targets,
    addressOf: (target) => all.addresses.get(target) ?? null,
    // With one echo a burst needs no time between them.
    settings: () => settings({ up: 1, down: 1, ...judged }),
    flap: () => flapSettings,
    footing: () => all.footing,
    votes: () => noVotes,
    send: echo.send,
    looked: (outcome) => outcomes.push(outcome),
    nowMs,
  });
  const health = () => outcomes.at(-1)?.track.condition.health;
  return { line, all, echo, outcomes, health };
}

const targetsAsked = ({ sent }: { sent: string[] }): number =>
  sent.filter((to) => to !== ready.gateway).length;

it('asks from the first look on, and its gateway too while it is not up', async () => {
  const { line, echo, health } = begin();
  line.look();
  await pass(20);
  expect(echo.sent).toContain('198.51.100.1');
  expect([targetsAsked(echo), health()]).toEqual([1, 'up']);
  echo.sent.length = 0;
  await pass(3000);
  expect(echo.sent).toEqual(['192.0.2.1', '192.0.2.1', '192.0.2.1']);
});

it('is down by a burst that nothing answers, long before the next turns', async () => {
  const { line, echo, outcomes, health } = begin();
  line.look();
  await pass(1500);
  echo.answer(() => silence);
  await pass(500);
  expect(health()).toBe('up');
  await pass(300);
  expect(health()).toBe('down');
  expect(outcomes.some(({ suspect }) => suspect)).toBe(true);
  expect(targetsAsked(echo)).toBe(4);
});

it('stays up where the burst is answered', async () => {
  const { line, echo, health } = begin({ down: 2 });
  line.look();
  await pass(1500);
  let count = 0;
  echo.answer(() => ((count += 1) === 1 ? silence : { type: 'reply', rttMs: 10 }));
  await pass(600);
  expect(health()).toBe('up');
  await pass(3000);
  expect(health()).toBe('up');
});

it('is up again by the first answers, having asked on', async () => {
  const { line, echo, health } = begin();
  line.look();
  await pass(1500);
  echo.answer(() => silence);
  await pass(5000);
  expect(health()).toBe('down');
  echo.answer(() => ({ type: 'reply', rttMs: 10 }));
  await pass(1100);
  expect(health()).toBe('up');
});

it('asks nobody without a link, and at once when it has one', async () => {
  const { line, all, echo, health } = begin();
  all.footing = linked('no carrier');
  line.look();
  await pass(5000);
  expect([echo.sent, health()]).toEqual([[], 'down']);
  all.footing = ready;
  line.look();
  await pass(20);
  expect([targetsAsked(echo), health()]).toEqual([1, 'up']);
});

it('looks by itself when a carrier that came back counts', async () => {
  const { line, all, echo, health } = begin();
  all.footing = linked('no carrier', nowMs() + 500);
  line.look();
  all.footing = ready;
  await pass(400);
  expect([echo.sent, health()]).toEqual([[], 'down']);
  await pass(150);
  expect(health()).toBe('up');
});

it('can’t judge while no name of its targets is known, and asks once one is', async () => {
  const { line, all, echo, outcomes, health } = begin({ targets: ['one.example'] });
  all.addresses.clear();
  line.look();
  await pass(5000);
  expect([targetsAsked(echo), health()]).toEqual([0, 'unknown']);
  expect(outcomes.at(-1)?.track.condition.place).toBe('dns');
  all.addresses.set('one.example', '192.0.2.7');
  line.look();
  await pass(20);
  expect([echo.sent.includes('192.0.2.7'), health()]).toEqual([true, 'up']);
});

it('keeps its health over another address of its own, without the echoes under way', async () => {
  const { line, all, echo, health } = begin();
  line.look();
  await pass(1000);
  echo.answer(() => silence);
  await pass(5);
  all.footing = { ...ready, sources: ['198.51.100.77'] };
  line.look();
  echo.answer(() => ({ type: 'reply', rttMs: 10 }));
  await pass(2000);
  expect(health()).toBe('up');
});

it('asks its new gateway at once', async () => {
  const { line, all, echo } = begin();
  line.look();
  await pass(1000);
  all.footing = { ...ready, gateway: '198.51.100.254' };
  line.look();
  await pass(0);
  expect(echo.sent).toContain('198.51.100.254');
});

it('keeps its health over other targets', async () => {
  const { line, all, echo, health } = begin();
  line.look();
  await pass(1000);
  all.targets = ['192.0.2.8'];
  all.addresses.set('192.0.2.8', '192.0.2.8');
  line.look();
  await pass(1000);
  expect([echo.sent.at(-1), health()]).toEqual(['192.0.2.8', 'up']);
});

it('that this machine can’t send by is unknown, and says why', async () => {
  const { line, echo, outcomes, health } = begin();
  echo.answer(() => ({ type: 'local', why: 'no buffer' }));
  line.look();
  await pass(3000);
  expect(health()).toBe('unknown');
  expect(outcomes.at(-1)?.track.condition.reason).toContain('no buffer');
});

it('checks every target at once when it is asked to', async () => {
  const { line, echo } = begin({ targets: ['192.0.2.1', '192.0.2.2', '192.0.2.3'] });
  line.look();
  await pass(1000);
  echo.sent.length = 0;
  line.check();
  expect(echo.sent.toSorted()).toEqual(['192.0.2.1', '192.0.2.2', '192.0.2.3']);
});

it('checks nothing by a line that is not ready', async () => {
  const { line, all, echo } = begin();
  all.footing = linked('no gateway');
  line.look();
  line.check();
  await pass(2000);
  expect(echo.sent).toEqual([]);
});

it('tells nothing and asks nobody once it is stopped, whatever still comes', async () => {
  const { line, echo, outcomes } = begin();
  line.look();
  await pass(1005);
  line.stop();
  const [sent, looked] = [echo.sent.length, outcomes.length];
  line.pace(10);
  line.look();
  await pass(10_000);
  expect([echo.sent.length, outcomes.length]).toEqual([sent, looked]);
});
