// Messages that ask for something: which are refused whatever they say.
import { expect, it } from 'vitest';
import { isDeletion, refusalOfMessage } from '../../../shared/command.ts';

const message = (given: { text?: string; tooLarge?: boolean; retained?: boolean }) => ({
  topic: 'pathproof/pi/failover/set',
  payload: Buffer.from(given.text ?? ''),
  tooLarge: false,
  retained: false,
  ...given,
});

const forEver = 'again at each connection; send it without the retain flag';

it.each([
  ['request', { text: '{}' }, null, null],
  ['request', { tooLarge: true }, 'badRequest', 'the request is larger than 64 KiB'],
  ['request', { retained: true }, 'retainedRefused', `the request is retained: it would run ${forEver}`],
  ['command', { text: 'auto' }, null, null],
  ['command', { tooLarge: true }, 'badRequest', 'the command is larger than 64 KiB'],
  [
    'command',
    { retained: true },
    'retainedRefused',
    `the command is retained: it would be obeyed ${forEver}`,
  ],
  [
    'command',
    { retained: true, tooLarge: true },
    'retainedRefused',
    `the command is retained: it would be obeyed ${forEver}`,
  ],
] as const)('a %s %j is refused as %s', (what, given, code, sentence) => {
  const refusal = refusalOfMessage(message(given), what);
  expect([refusal?.code ?? null, refusal?.message ?? null]).toEqual([code, sentence]);
});

it.each([
  [{ retained: true }, true],
  [{ retained: false }, false],
  [{ retained: true, text: 'auto' }, false],
  [{ retained: true, tooLarge: true }, false],
])('%j deletes what is kept: %s', (given, deletes) => expect(isDeletion(message(given))).toBe(deletes));
