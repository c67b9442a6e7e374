// A person who goes away in the middle of the questions: nothing is changed.
import { readdirSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Terminal, keys } from '../../../fixtures/pty.ts';
import { instead } from '../../../fixtures/wizard.ts';
import { answerRest, answerUplinks, at, folder, read, setUp, wizard } from './kit.ts';

setUp();

describe('where the person goes away', () => {
  it.each<[string, (terminal: Terminal) => Promise<void>]>([
    ['at the first question', (terminal) => terminal.answer('your ways out?', keys.ctrlC)],
    ['by Ctrl-D', (terminal) => terminal.answer('your ways out?', keys.ctrlD)],
    ['by Escape', (terminal) => terminal.answer('your ways out?', keys.escape)],
    [
      'while a name is typed',
      async (terminal) => {
        await terminal.answer('your ways out?', keys.enter);
        await terminal.answer('A name for eth0', `fib${keys.ctrlC}`);
      },
    ],
    [
      'while packets are on their way',
      async (terminal) => {
        await answerUplinks(terminal);
        await terminal.answer('May hosts on the internet', keys.enter);
        await terminal.answer('Which hosts?', instead('192.0.2.1'));
        await terminal.answer('│  192.0.2.1', keys.ctrlC);
      },
    ],
    [
      'at the last question, by no',
      async (terminal) => {
        await answerRest(terminal);
        await terminal.answer('Write this?', 'n');
      },
    ],
  ])('%s, nothing is changed', async (_when, goAway) => {
    writeFileSync(at('agent.env'), 'LOG_LEVEL=debug\n');
    await using terminal = wizard();
    await goAway(terminal);
    expect(await terminal.ended()).toBe(130);
    expect(terminal.text()).toMatch(/nothing was changed\n$/);
    expect(readdirSync(folder)).toEqual(['agent.env']);
    expect(read('agent.env')).toBe('LOG_LEVEL=debug\n');
  });

  it('by closing the terminal, nothing is changed', async () => {
    const terminal = wizard();
    await terminal.until('your ways out?');
    await terminal[Symbol.asyncDispose]();
    expect(readdirSync(folder)).toEqual([]);
  });
});
