import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import type { Clock } from '@/lib/clock'
import { ownerPool } from '@/lib/db/pools'
import { openHttpDoor, openTestGateway } from '@/lib/gateway/doors.contract'
import type { Door } from '@/lib/gateway/doors.contract'
import { createAccounting } from '@/lib/accounting/accounting'
import type { Accounting } from '@/lib/accounting/accounting'
import { newRequestId } from '@/lib/ids'
import { makeProduct } from '@/lib/gateway/product.fixture'
import type { TestProduct, TestRule } from '@/lib/gateway/product.fixture'
import { decryptSecret } from '@/lib/crypto'
import { serviceTokenPlace } from '@/lib/products/secrets-of-product'
import type { Ctx } from '@/lib/tenants/context'

/** For tests: an accounting API on a gateway of its own, through one of its doors. */
export type AccountingDoor = Door & { accounting: Accounting; gatewayParts: Accounting['parts'] }

export const HOST = 'accounting.gw.localhost'

export async function openAccountingNode(clock?: Clock): Promise<AccountingDoor> {
  const { gateway, settled } = await openTestGateway(clock ? { clock } : {})
  const accounting = createAccounting(gateway, ownerPool())
  const server = createServer((request, response) =>
    accounting.handle(request, response, { requestId: newRequestId(), clientAddress: request.socket.remoteAddress ?? '', host: HOST, hostHeader: HOST, scheme: 'http', receivedAt: clock?.now() ?? Date.now() }),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    ...openHttpDoor('127.0.0.1', (server.address() as AddressInfo).port, settled),
    accounting,
    gatewayParts: accounting.parts,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await accounting.close()
      await gateway.close()
    },
  }
}

export async function openAccountingWeb(clock?: Clock): Promise<AccountingDoor> {
  const { gateway, settled } = await openTestGateway(clock ? { clock } : {})
  const accounting = createAccounting(gateway, ownerPool())
  return {
    settled,
    accounting,
    gatewayParts: accounting.parts,
    async close() {
      await accounting.close()
      await gateway.close()
    },
    async open({ method = 'GET', path = '/', headers = [], body }) {
      const all = new Headers(headers)
      const fixed = typeof body === 'string' || Buffer.isBuffer(body) ? Buffer.from(body) : null
      if (fixed) all.set('content-length', String(fixed.length))
      const stream = fixed ? Readable.from(fixed.length > 0 ? [fixed] : []) : (body as Readable | undefined)
      const response = await accounting.respond(
        { method, target: path, headers: all, body: stream ? (Readable.toWeb(stream) as ReadableStream<Uint8Array>) : null },
        { requestId: newRequestId(), clientAddress: '127.0.0.1', host: HOST, hostHeader: HOST, scheme: 'http', receivedAt: clock?.now() ?? Date.now() },
      )
      return { status: response.status, headers: Object.fromEntries(response.headers), body: (response.body ?? Readable.from([])) as unknown as AsyncIterable<Uint8Array> }
    },
  }
}

export type TestService = TestProduct & { serviceToken: string; auth: string }

/** A product with its service token; `auth` is what goes into a query. */
export async function makeService(ctx: Ctx, { mode = 'app_id_app_key', rules = [{ pattern: '/search', method: 'search' }, { pattern: '/login', method: 'login' }], ...columns }: { mode?: string; rules?: TestRule[]; referrerFiltersRequired?: boolean } = {}): Promise<TestService> {
  const product = await makeProduct(ctx, 'http://127.0.0.1:1', { rules, authenticationMode: mode, ...columns })
  const { serviceTokenCipher } = await ctx.db.product.findUniqueOrThrow({ where: { id: product.id }, select: { serviceTokenCipher: true } })
  const serviceToken = decryptSecret(serviceTokenCipher!, serviceTokenPlace(ctx.tenant.id, product.id))
  return { ...product, serviceToken, auth: `service_token=${serviceToken}&service_id=${product.id}` }
}
