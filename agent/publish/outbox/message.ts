// A message as the connection takes it.

export interface Message {
  topic: string;
  payload: string;
  qos: 0 | 1;
  retain: boolean;
  expirySeconds?: number;
  correlationData?: Buffer;
  settled?: (delivered: boolean, blamed?: boolean) => void;
}
