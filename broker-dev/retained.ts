// How much the broker may keep in memory as retained messages, counted by topic.

/** Returns whether a retained message may be kept; an empty payload clears its topic and always may. */
export function createRetainedLimit(maxBytes: number): (topic: string, payloadBytes: number) => boolean {
  const bytesByTopic = new Map<string, number>();
  let totalBytes = 0;
  return (topic, payloadBytes) => {
    const before = bytesByTopic.get(topic) ?? 0;
    const after = payloadBytes === 0 ? 0 : Buffer.byteLength(topic) + payloadBytes;
    if (after > before && totalBytes - before + after > maxBytes) return false;
    totalBytes += after - before;
    if (after === 0) bytesByTopic.delete(topic);
    else bytesByTopic.set(topic, after);
    return true;
  };
}
