export type Server = { url: string; weight: number }

/** Every server of a backend in order, the private base URL first. */
export function serversOf({ privateBaseUrl, servers }: { privateBaseUrl: string; servers: unknown }): Server[] {
  const list = servers as Server[]
  return list.length > 0 ? list : [{ url: privateBaseUrl, weight: 1 }]
}
