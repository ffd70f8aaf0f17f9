/** A body in one piece; null where it is longer than `bytesMax`, of which the rest is left unread. */
export async function readWhole(chunks: AsyncIterable<Uint8Array>, length: number | null, bytesMax: number): Promise<Buffer | null> {
  if (length !== null && length > bytesMax) return null
  const taken: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of chunks) {
    bytes += chunk.length
    if (bytes > bytesMax) return null
    taken.push(chunk)
  }
  return Buffer.concat(taken)
}
