// The bytes of a body as text, by what its headers say of them. Pure.

/** The headers that tell how a body is written; null where they are not there. */
export interface BodyHeaders {
  contentType: string | null;
  contentEncoding: string | null;
}

export interface BodyText {
  /** What can be made of it, be it nothing; characters that can't be read are U+FFFD. */
  text: string;
  /** Why not all of it can be read; null where it can. */
  unreadable: string | null;
}

const usualCharset = 'utf-8';

const marks: readonly [charset: string, mark: readonly number[]][] = [
  ['utf-8', [0xef, 0xbb, 0xbf]],
  ['utf-16le', [0xff, 0xfe]],
  ['utf-16be', [0xfe, 0xff]],
];

/** A byte order mark wins over what the headers say (WHATWG Encoding, "decode"). */
function charsetOf(bytes: Buffer, contentType: string | null): string {
  const marked = marks.find(([, mark]) => mark.every((byte, index) => bytes[index] === byte));
  const [, given] = /;\s*charset\s*=\s*["']?([^\s;"']+)/i.exec(contentType ?? '') ?? [];
  return marked?.[0] ?? given?.slice(0, 40) ?? usualCharset;
}

/** Null where the bytes are not in that charset. Throws RangeError where nobody knows it. */
function strictly(bytes: Buffer, charset: string, complete: boolean): string | null {
  const decoder = new TextDecoder(charset, { fatal: true });
  try {
    // A character that was cut in two at the end is no mistake.
    return decoder.decode(bytes, { stream: !complete });
  } catch {
    return null;
  }
}

/** UTF-8 where the headers name no charset. A body that is compressed, which nobody asked for, can't be read. */
export function textOf(bytes: Buffer, headers: BodyHeaders, complete: boolean): BodyText {
  const encoding = headers.contentEncoding?.slice(0, 40) ?? 'identity';
  if (!/^identity$/i.test(encoding)) return { text: '', unreadable: `its Content-Encoding is ${encoding}` };
  const charset = charsetOf(bytes, headers.contentType);
  try {
    const text = strictly(bytes, charset, complete);
    // UTF-16 without its mark is UTF-8 full of these.
    if (text?.includes('\0') === true) return { text, unreadable: 'it holds zero bytes' };
    if (text !== null) return { text, unreadable: null };
    return { text: new TextDecoder(charset).decode(bytes), unreadable: `it is not in ${charset}` };
  } catch {
    return { text: bytes.toString('utf8'), unreadable: `its charset (${charset}) is not known` };
  }
}
