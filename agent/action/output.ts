// What a program writes, as lines for the log: so much of it, and no more. Pure.

const longestLine = 1000;
/** Of one run, in characters, and in lines: each costs the log some hundred bytes more. */
const mostOutput = 64 << 10;
export const mostLines = 200;

const shown = (line: string): string => {
  const clean = line.replace(/\p{Cc}/gu, ' ').trimEnd();
  return clean.length > longestLine ? `${clean.slice(0, longestLine - 1)}…` : clean;
};

export interface Output {
  /** A reader for one stream of the program; all of them have one limit together. */
  reader(): { add(text: string): void; end(): void };
  /** There was more than is shown. */
  cut(): boolean;
}

export function createOutput(onLine: (line: string) => void): Output {
  let left = mostOutput;
  let linesLeft = mostLines;
  let cut = false;

  function reader() {
    let line = '';
    const end = (): void => {
      const text = shown(line);
      line = '';
      if (text === '') return;
      if (linesLeft > 0) onLine(text);
      else cut = true;
      linesLeft = Math.max(0, linesLeft - 1);
    };
    return {
      add(text: string) {
        const taken = text.slice(0, left);
        left -= taken.length;
        cut ||= taken.length < text.length;
        for (const [index, part] of taken.split('\n').entries()) {
          if (index > 0) end();
          line += part.slice(0, longestLine + 1 - line.length);
        }
      },
      end,
    };
  }

  return { reader, cut: () => cut };
}
