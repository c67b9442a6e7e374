// A command as it comes over MQTT: why one is refused whatever it says, and the text that it says. Pure.

/** A message as the connection hands it on. */
export interface CommandMessage {
  topic: string;
  payload: Buffer;
  tooLarge: boolean;
  retained: boolean;
}

/** MQTT 5 §3.3.1.3: an empty retained message deletes the one that is kept. */
export const isDeletion = ({ payload, tooLarge, retained }: CommandMessage): boolean =>
  retained && payload.length === 0 && !tooLarge;

/** Null where it may be read. */
export function commandProblem({ tooLarge, retained }: CommandMessage): string | null {
  if (retained) {
    return 'the command is retained: it would be obeyed again at each connection; send it without the retain flag';
  }
  return tooLarge ? 'the command is larger than 64 KiB' : null;
}

export const unreadable = "the command can't be read as text in UTF-8 or JSON";

function textOf(payload: Buffer): string {
  const text = new TextDecoder('utf-8', { fatal: true }).decode(payload).trim();
  if (!text.startsWith('"')) return text;
  const value: unknown = JSON.parse(text);
  return String(value).trim();
}

/** The text of a payload, bare or as a JSON string; null where it is neither. */
export function commandText(payload: Buffer): string | null {
  try {
    return textOf(payload);
  } catch {
    return null;
  }
}
