/** One metric of a call as it was sent: `value` is added, or with `set` (`#N`) it replaces. */
export type UsageEntry = { metricId: number; value: number; set: boolean }

/** Metric id to itself and its ancestors, nearest first. */
export type Lineage = ReadonlyMap<number, readonly number[]>

/**
 * Entries of one call, in order, to what `CounterStore.consume` takes (reference gateway 1.2, 4.9): an increment is added
 * to every ancestor, a set value replaces what came before it there; what is added after a set value is added to it. A
 * value of 0 stays, since it selects its metric. `lineage` null: no roll-up (`flat_usage=1`).
 */
export function rollUpUsage(entries: readonly UsageEntry[], lineage: Lineage | null): { usage: Map<number, number>; sets: Map<number, number> | null } {
  const usage = new Map<number, number>()
  const sets = new Map<number, number>()
  for (const { metricId, value, set } of entries) {
    for (const id of lineage?.get(metricId) ?? [metricId]) {
      if (set) {
        usage.delete(id)
        sets.set(id, value)
      } else if (sets.has(id)) sets.set(id, sets.get(id)! + value)
      else usage.set(id, (usage.get(id) ?? 0) + value)
    }
  }
  return { usage, sets: sets.size === 0 ? null : sets }
}
