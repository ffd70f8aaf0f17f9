import { describe, expect, it } from 'vitest'
import { callInParallel, crashUnderLoad, findCrashFault, findExactFault, findUsedUpFault, useUpAcrossKills } from '@/e2e/gateway/proofs'

// Whole servers on a database of their own, killed as a power cut would. `npm run test:soak` repeats these.
describe('a server that is killed', { timeout: 180_000 }, () => {
  it('USE-1 USE-2 under load, loses no call the upstream saw and books none twice', async () => {
    const figures = await crashUnderLoad([400, 900])
    expect({ ...figures, fault: findCrashFault(figures) }).toMatchObject({ fault: null, agree: true })
    expect(figures.seen).toBeGreaterThan(100)
  })

  it('remembers after the restart what of a limit was used: a used-up limit stays used up', async () => {
    const figures = await useUpAcrossKills()
    expect({ ...figures, fault: findUsedUpFault(figures) }).toMatchObject({ fault: null })
  })
})

describe('USE-4 400 calls at once against a limit of 15', { timeout: 180_000 }, () => {
  it.each([['in memory', 1], ['over two processes on Redis', 2]])('let exactly 15 through, %s', async (_, processes) => {
    for (const figures of await callInParallel({ processes })) expect({ ...figures, fault: findExactFault(figures) }).toMatchObject({ fault: null })
  })
})
