// Home Assistant comes back: it is told again, whenever it said so.
import { expect, it } from 'vitest';
import { createCommands } from '../../../agent/monitoring/commands.ts';

let births = 0;
const heard = createCommands({
  prefix: 'homeassistant',
  monitors: { view: () => [], obey: () => null },
  refuse: () => undefined,
  answerHistory: () => undefined,
  born() {
    births += 1;
  },
});

it.each([
  ['online', false, 1],
  ['online', true, 1],
  ['offline', false, 0],
  ['offline', true, 0],
])('%s (retained: %s) is a birth %i times', (text, retained, times) => {
  births = 0;
  const rest = { tooLarge: false, responseTopic: null, correlationData: null };
  expect(heard({ topic: 'homeassistant/status', payload: Buffer.from(text), retained, ...rest })).toBe(true);
  expect(births).toBe(times);
});
