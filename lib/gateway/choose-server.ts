import type { Mount, MountedServer } from '@/lib/gateway/compile-upstream'
import type { Lanes } from '@/lib/gateway/upstream-lanes'

/**
 * Smooth weighted round robin over the servers of a backend that can be reached: of weights 5, 1 and 1 the heavy one
 * gets five of seven calls, spread out. Where none can be reached all take turns: a check may be wrong (its path was
 * renamed), and one more failed connect costs less than refusing every call on its word.
 * `except` is the server that has just failed this very call; null comes back where there is no other.
 */
export function chooseServer(mount: Mount, lanes: Lanes, now: number, except: MountedServer | null = null): MountedServer | null {
  const { servers, healthCheck } = mount
  if (healthCheck) for (const { settings } of servers) lanes.health.watch(settings, healthCheck, now)
  if (servers.length === 1) return except ? null : servers[0]!
  return takeTurn(servers, (server) => server !== except && isUsable(server, lanes, now)) ?? takeTurn(servers, (server) => server !== except)
}

function isUsable({ settings }: MountedServer, lanes: Lanes, now: number): boolean {
  const lane = lanes.of(settings)
  return !lane.isBroken(now) && !lane.isEjected(now) && lanes.health.isUp(settings.key)
}

function takeTurn(servers: readonly MountedServer[], mayServe: (server: MountedServer) => boolean): MountedServer | null {
  let total = 0
  let chosen: MountedServer | null = null
  for (const server of servers) {
    if (!mayServe(server)) continue
    total += server.weight
    server.current += server.weight
    if (!chosen || server.current > chosen.current) chosen = server
  }
  if (chosen) chosen.current -= total
  return chosen
}
