// A message as the connection takes it.

/**
 * Why a message was given up. `unfit`: for what is in it, no broker or not this one will ever take it; `poison`: the
 * connection broke each time it was sent; `refused`: the broker does not take it now; `expired`: it waited too long.
 */
export type Undelivered = 'unfit' | 'poison' | 'refused' | 'expired';

export interface Message {
  topic: string;
  payload: string;
  qos: 0 | 1;
  retain: boolean;
  expirySeconds?: number;
  correlationData?: Buffer;
  settled?: (delivered: boolean, why?: Undelivered) => void;
}
