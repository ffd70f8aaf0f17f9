/** Next calls this once at its start. Under server.ts nothing is left to do; alone, Next gets what it can of the front door. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return
  const { serveUnderNext } = await import('@/lib/request/serve-under-next')
  await serveUnderNext()
}
