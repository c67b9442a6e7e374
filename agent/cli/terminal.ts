// What commands print to: text that is safe to print, colours where they are wanted, lines that are drawn anew in place.
import type { WriteStream } from 'node:tty';

// Control characters, and those that turn the direction of text: names and answers come from strangers.
const unprintable = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** A text that moves no cursor and sets no colour. */
export const printable = (text: string): string => text.replace(unprintable, '\ufffd');

/** The same where a line's end or a tab only parts words: a blank in their place, as in a comment of a file. */
export const printableLine = (text: string): string =>
  printable(text.replace(/[\t\n\v\f\r\u2028\u2029]+/g, ' '));

const colours = {
  ...{ bold: [1, 22], dim: [2, 22] },
  ...{ red: [31, 39], green: [32, 39], yellow: [33, 39], cyan: [36, 39] },
} as const;
export type Colour = keyof typeof colours;
export type Paint = (colour: Colour, text: string) => string;

export const plain: Paint = (_colour, text) => text;
const coloured: Paint = (colour, text) => `\x1b[${colours[colour][0]}m${text}\x1b[${colours[colour][1]}m`;

type Out = Pick<WriteStream, 'write' | 'isTTY' | 'columns' | 'rows' | 'hasColors'>;

/** Colours on a terminal that has them; NO_COLOR (https://no-color.org) and TERM=dumb are for Node to read. */
export const paintFor = (stream: Partial<Pick<Out, 'isTTY' | 'hasColors'>>): Paint =>
  stream.isTTY === true && stream.hasColors?.() === true ? coloured : plain;

export interface Region {
  /** Shows these in place of what it showed before, each cut to the terminal's width; only the last that fit. */
  draw(lines: readonly string[], paint?: (line: string, index: number) => string): void;
  /** Takes what it shows away. */
  clear(): void;
}

/** Lines at the bottom of a terminal that are drawn anew in place (ECMA-48's CUU, EL and ED). */
export function createRegion(stream: Pick<Out, 'write' | 'columns' | 'rows'>): Region {
  let shown = 0;
  // A terminal echoes a Ctrl-C as ^C, and the cursor stands behind that.
  const upToIts = (): string => (shown === 0 ? '' : `\r\x1b[${shown}A`);
  return {
    draw(lines, paint = (line) => line) {
      // The cursor stands below them, and a line as wide as the terminal could wrap.
      const fitting = lines.slice(-Math.max(1, stream.rows - 1));
      const first = lines.length - fitting.length;
      const cut = fitting.map((line, index) => paint(line.slice(0, stream.columns - 1), first + index));
      stream.write(`${upToIts()}${cut.map((line) => `\x1b[2K${line}\n`).join('')}\x1b[J`);
      shown = fitting.length;
    },
    clear() {
      if (shown > 0) stream.write(`${upToIts()}\x1b[J`);
      shown = 0;
    },
  };
}
