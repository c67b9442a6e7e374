// What follows from the end of a connection, attempt after attempt.
import { expect, it } from 'vitest';
import {
  type Attempts,
  type Ending,
  afterEnding,
  connected,
  firstAttempts,
} from '../../../agent/mqtt/reconnect.ts';

const patience = { firstRetryMs: 1000, maxRetryMs: 60_000, stableMs: 30_000, random: () => 0 };

const ending = (given: Partial<Ending> = {}): Ending => ({
  ...{ reason: 'closed', protocolRefused: false, linkFault: false, heldMs: null, idle: true },
  ...given,
});

/** What each of several endings led to, with a connection before those that held one. */
function follow(...endings: Partial<Ending>[]) {
  let attempts: Attempts = firstAttempts(5);
  return endings.map((given) => {
    if (given.heldMs !== undefined) attempts = connected(attempts);
    const next = afterEnding(attempts, ending(given), patience);
    attempts = next.attempts;
    return next;
  });
}

it('waits longer after each attempt, and little again after a connection that was stable', () => {
  const waits = follow({}, {}, {}, { heldMs: 29_999 }, { heldMs: 30_000 }, {});
  expect(waits.map(({ waitMs }) => waitMs)).toEqual([1000, 2000, 4000, 8000, 1000, 2000]);
});

it('goes on at once with the older version where the broker does not speak the newer one', () => {
  const [refused, next] = follow({ protocolRefused: true }, {});
  expect(refused).toMatchObject({ waitMs: 0, olderVersion: true, isNews: false, attempts: { protocol: 4 } });
  expect(next).toMatchObject({ waitMs: 1000, olderVersion: false, attempts: { protocol: 4 } });
});

it('says why it ended where that is another reason than before, or there was a connection since', () => {
  const said = follow({}, {}, { reason: 'refused' }, { reason: 'refused', heldMs: 5 });
  expect(said.map(({ isNews }) => isNews)).toEqual([true, false, true, true]);
});

const soon = { heldMs: 5 };

it.each<[what: string, endings: Partial<Ending>[], hints: boolean[]]>([
  ['at the third that is closed soon', [soon, soon, soon, soon], [false, false, true, false]],
  ['not for what the network does', [soon, soon, { ...soon, linkFault: true }], [false, false, false]],
  ['not where a message may be the cause', [soon, soon, { ...soon, idle: false }], [false, false, false]],
  [
    'once, however often it is not reached after that',
    [soon, soon, soon, {}, {}],
    [false, false, true, false, false],
  ],
  ['not where none came about', [soon, soon, {}, soon], [false, false, false, true]],
  ['not after one that was stable', [soon, soon, { heldMs: 30_000 }, soon], [false, false, false, false]],
])('thinks of another client %s', (_what, endings, hints) => {
  expect(follow(...endings).map(({ mayBeTakenOver }) => mayBeTakenOver)).toEqual(hints);
});
