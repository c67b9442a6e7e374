// A stream of text in lines, none of them longer than it may be.

export interface Lines {
  add(text: string): void;
  /** The last line may lack its end. */
  end(): void;
}

/** What is longer than `mostCharacters` is left out. */
export function createLines(mostCharacters: number, onLine: (line: string) => void): Lines {
  let begun = '';
  let tooLong = false;
  const extend = (part: string): void => {
    tooLong ||= begun.length + part.length > mostCharacters;
    begun = tooLong ? '' : begun + part;
  };
  const finish = (): void => {
    if (!tooLong) onLine(begun.replace(/\r$/, ''));
    begun = '';
    tooLong = false;
  };
  return {
    add(text) {
      const [first = '', ...others] = text.split('\n');
      extend(first);
      for (const part of others) {
        finish();
        extend(part);
      }
    },
    end: finish,
  };
}
