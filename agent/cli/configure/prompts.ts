// The questions as a person sees them. The only importer of @clack/prompts.
import { setMaxListeners } from 'node:events';
import * as clack from '@clack/prompts';
import { Cancelled } from './answers.ts';

export interface Choice<T extends string> {
  value: T;
  label: string;
  hint?: string;
}

/** Each rejects with Cancelled when the person goes away (Ctrl-C, Ctrl-D, Escape). */
export interface Asking {
  /** `problemOf` says why an answer won't do; null where it does. */
  text(message: string, initial: string, problemOf?: (text: string) => string | null): Promise<string>;
  secret(message: string, problemOf?: (text: string) => string | null): Promise<string>;
  yes(message: string, initial: boolean): Promise<boolean>;
  choose<T extends string>(message: string, choices: readonly Choice<T>[], initial: T): Promise<T>;
  several(message: string, choices: readonly Choice<string>[], initial: readonly string[]): Promise<string[]>;
  /** Something under way. */
  step(words: string): void;
  good(words: string): void;
  bad(words: string): void;
  show(title: string, lines: readonly string[]): void;
  /** Waits for work that the person may go away from too. */
  during<T>(work: Promise<T>): Promise<T>;
}

/** Where nothing is typed the package gives undefined, whatever its types say. */
const textIn = (answer: unknown): string => (typeof answer === 'string' ? answer : '');

export function createAsking(signal: AbortSignal): Asking {
  // Ctrl-D too, after which nothing would be read any more.
  clack.updateSettings({ aliases: { '\x04': 'cancel' } });
  // Each question listens.
  setMaxListeners(0, signal);
  const answered = async <T>(asked: Promise<T | typeof clack.CANCEL_SYMBOL>): Promise<T> => {
    const answer = await asked;
    if (clack.isCancel(answer)) throw new Cancelled();
    return answer;
  };
  const validate =
    (problemOf: (text: string) => string | null = () => null) =>
    (text: string | undefined): string | undefined =>
      problemOf((text ?? '').trim()) ?? undefined;
  const gone = new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(new Cancelled()), { once: true });
  });
  gone.catch(() => undefined);
  const unspaced = { spacing: 0 };
  return {
    async text(message, initial, problemOf) {
      const options = { message, initialValue: initial, validate: validate(problemOf), signal };
      return textIn(await answered(clack.text(options))).trim();
    },
    async secret(message, problemOf) {
      const problem = (text: string | undefined): string | undefined => problemOf?.(text ?? '') ?? undefined;
      return textIn(await answered(clack.password({ message, validate: problem, signal })));
    },
    yes: (message, initial) => answered(clack.confirm({ message, initialValue: initial, signal })),
    choose: <T extends string>(message: string, choices: readonly Choice<T>[], initial: T) =>
      answered(
        clack.select<string>({
          message,
          options: choices.map((choice) => ({ ...choice })),
          initialValue: initial,
          signal,
        }),
      ).then((value) => choices.find((choice) => choice.value === value)?.value ?? initial),
    several: (message, choices, initial) =>
      answered(
        clack.multiselect<string>({
          message,
          options: choices.map((choice) => ({ ...choice })),
          initialValues: initial,
          required: true,
          signal,
        }),
      ),
    step: (words) => clack.log.step(words),
    good: (words) => clack.log.success(words, unspaced),
    bad: (words) => clack.log.warn(words, unspaced),
    show: (title, lines) => clack.note(lines.join('\n'), title, { format: (line) => line }),
    during: (work) => Promise.race([work, gone]),
  };
}
