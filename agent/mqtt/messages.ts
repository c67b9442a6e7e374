// What passes between the MQTT connection and those who use it, and how large it may be.

export type { Incoming } from '../../shared/command.ts';

export const maxPayloadBytes = 64 * 1024;

/**
 * Why a message was given up. `unfit`: for what is in it, no broker or not this one will ever take it; `poison`: the
 * connection broke each time it was sent; `refused`: the broker does not take it now; `expired`: it waited too long.
 */
export type Undelivered = 'unfit' | 'poison' | 'refused' | 'expired';

export interface Outgoing {
  topic: string;
  payload: string;
  qos: 0 | 1;
  retain: boolean;
  correlationData?: Buffer;
  /** Not sent any more after so long a wait, and on MQTT 5 given to the broker as message expiry. */
  expirySeconds?: number;
  /** Told once what became of it: the broker has it (or, at QoS 0, it was sent), or it was given up. */
  settled?: (delivered: boolean, why?: Undelivered) => void;
}

/** The largest packet this message can become: the fixed header, packet identifier and properties counted in full. */
export function packetBytes(message: Outgoing): number {
  return (
    32 + Buffer.byteLength(message.topic) + payloadBytes(message) + (message.correlationData?.length ?? 0)
  );
}

export function payloadBytes(message: Outgoing): number {
  return Buffer.byteLength(message.payload);
}

/** Why the message can't be sent to any broker, or null. */
export function unsendable(message: Outgoing): string | null {
  const bytes = payloadBytes(message);
  if (bytes > maxPayloadBytes) return `its payload of ${bytes} bytes is larger than ${maxPayloadBytes}`;
  const topicBytes = Buffer.byteLength(message.topic);
  if (topicBytes === 0 || topicBytes > 65535) return 'its topic is empty or longer than 65535 bytes';
  if (/[+#\0]/.test(message.topic)) return 'its topic contains a wildcard or a zero byte';
  return null;
}
