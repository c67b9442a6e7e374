// A YAML text as plain values. What is wrong with it is told without its words, which may be a secret.
import { type ErrorCode, LineCounter, parseDocument, stringify } from 'yaml';
import type { FieldProblem } from '../../shared/issues.ts';

/** Complaints that say what they are about in the file's own words, which may be a secret. */
const withoutSource: Partial<Record<ErrorCode, string>> = {
  BAD_DIRECTIVE: 'Bad directive',
  BAD_DQ_ESCAPE: 'Invalid escape sequence',
  TAG_RESOLVE_FAILED: 'Unresolved tag',
};
/** Behind a colon stands what was found. */
const complaint = (message: string): string => message.replace(/(?<! ): .*/s, '');

/** The document's content; or every complaint with its place. */
export function readYaml(
  text: string,
): { ok: true; content: unknown } | { ok: false; problems: FieldProblem[] } {
  const refuse = (messages: string[]): { ok: false; problems: FieldProblem[] } => ({
    ok: false,
    problems: messages.map((message) => ({ path: '', message })),
  });
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { prettyErrors: false, uniqueKeys: true, lineCounter });
  if (document.errors.length > 0) {
    const messages = document.errors.map(({ code, message, pos: [offset] }) => {
      const { line, col } = lineCounter.linePos(offset);
      return `${withoutSource[code] ?? complaint(message)} at line ${line}, column ${col}`;
    });
    return refuse(messages);
  }
  try {
    return { ok: true, content: document.toJS({ maxAliasCount: 100 }) };
  } catch (error) {
    // Only now are aliases followed: to nowhere, or to a billion places.
    return refuse([complaint(error instanceof Error ? error.message : String(error))]);
  }
}

const escaped = {
  defaultStringType: 'QUOTE_DOUBLE',
  defaultKeyType: 'PLAIN',
  doubleQuotedAsJSON: true,
} as const;

/** A value on one line, as it may stand behind a key. */
export function yamlInline(value: unknown): string {
  const flowCollectionPadding = !Array.isArray(value);
  const options = { collectionStyle: 'flow', lineWidth: 0, flowCollectionPadding } as const;
  const text = stringify(value, options).slice(0, -1);
  return /[^ -~]/.test(text)
    ? stringify(value, { ...options, ...escaped, blockQuote: false }).slice(0, -1)
    : text;
}
