import { expect, it } from 'vitest';
import { createRegion, paintFor, printable } from '../../../agent/cli/terminal.ts';
import { renderScreen } from '../../fixtures/screen.ts';

it('prints no control characters, and none that turn the direction of text', () => {
  expect(printable('a\x1b[31mb\x07\x9bc\u202ed\u2066é中')).toBe('a\ufffd[31mb\ufffd\ufffdc\ufffdd\ufffdé中');
});

it('paints only on a terminal that has colours', () => {
  expect(paintFor({ isTTY: true, hasColors: () => true })('red', 'x')).toBe('\x1b[31mx\x1b[39m');
  expect(paintFor({ isTTY: true, hasColors: () => false })('red', 'x')).toBe('x');
  expect(paintFor({ hasColors: () => true })('red', 'x')).toBe('x');
  expect(paintFor({})('red', 'x')).toBe('x');
});

function screenOf(columns: number, rows: number) {
  let sent = '';
  const write = (text: string | Uint8Array): boolean => {
    sent += String(text).replaceAll('\n', '\r\n');
    return true;
  };
  return {
    region: createRegion({ write, columns, rows }),
    shown: () => renderScreen(sent, columns, rows),
    write,
  };
}

it('draws lines anew in place of those before', () => {
  const { region, shown, write } = screenOf(20, 10);
  write('before\n');
  region.draw(['one', 'two', 'three']);
  region.draw(['ONE', 'TWO']);
  expect(shown()).toBe('before\nONE\nTWO');
  region.draw(['1', '2', '3', '4']);
  expect(shown()).toBe('before\n1\n2\n3\n4');
  region.clear();
  write('after\n');
  expect(shown()).toBe('before\nafter');
});

it('leaves nothing of a ^C that the terminal itself wrote among it', () => {
  const { region, shown, write } = screenOf(20, 10);
  region.draw(['one', 'two']);
  write('^C');
  region.clear();
  write('after\n');
  expect(shown()).toBe('after');
});

it('cuts what is too wide, and shows the last lines of what is too high', () => {
  const { region, shown } = screenOf(6, 3);
  region.draw(['a long line', 'another one', 'the last']);
  region.draw(['a long line', 'another one', 'the last']);
  expect(shown()).toBe('anoth\nthe l');
});
