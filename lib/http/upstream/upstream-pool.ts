import { errors } from 'undici'
import { egressConnect } from '@/lib/http/egress/connect'
import type { EgressPolicy } from '@/lib/http/egress/policy'
import { UpstreamConnection } from '@/lib/http/upstream/upstream-connection'
import { UpstreamExchange } from '@/lib/http/upstream/upstream-exchange'
import type { UpstreamHandler, UpstreamRequest } from '@/lib/http/upstream/upstream-exchange'

export type UpstreamPoolOptions = {
  connectTimeoutMs: number
  firstByteTimeoutMs: number
  idleTimeoutMs: number
  connectionsMax: number
  /** For TLS, whatever `Host` says. */
  servername?: string
  policy?: EgressPolicy
  tls?: { ca?: string | Buffer }
}

/**
 * Connections to one upstream, HTTP/1.1, one exchange at a time on each. What undici does for everybody this does for
 * the gateway alone, for less (decision 21): answers are read straight off the socket, requests leave as
 * one text, one timer serves all. Connections go only where the egress rules let them (EG-3, EG-4).
 */
export class UpstreamPool {
  readonly options: UpstreamPoolOptions
  readonly #connect: ReturnType<typeof egressConnect>
  readonly #address: { hostname: string; host: string; protocol: string; port: string; servername?: string }
  /** The one used last comes first: it is warm, and the others may run out. */
  readonly #idle: UpstreamConnection[] = []
  readonly #open = new Set<UpstreamConnection>()
  /** In the order they came; whoever gives up leaves it. */
  readonly #waiting = new Set<UpstreamExchange>()
  #connecting = 0
  #closed = false
  #onEmpty: (() => void) | null = null

  constructor(origin: string, options: UpstreamPoolOptions) {
    const { hostname, host, protocol, port } = new URL(origin)
    const { connectTimeoutMs, policy, tls, servername } = options
    this.options = options
    this.#connect = egressConnect({ connectTimeoutMs, policy, tls, onRead: UpstreamConnection.onRead })
    this.#address = { hostname: hostname.replace(/^\[|\]$/g, ''), host, protocol, port, servername: servername || undefined }
  }

  /**
   * What it gives back can be aborted before there is a connection as well. Throws undici's `InvalidArgumentError` where
   * method, path or headers cannot be written; everything else the handler hears.
   */
  dispatch(request: UpstreamRequest, handler: UpstreamHandler): UpstreamExchange {
    const exchange = new UpstreamExchange(request, handler)
    const idle = this.#closed ? undefined : this.#idle.pop()
    if (idle) idle.run(exchange)
    else if (this.#closed) queueMicrotask(() => exchange.fail(new errors.ClientClosedError(), false))
    else {
      exchange.line = this.#waiting
      this.#waiting.add(exchange)
      this.#connectWhereNeeded()
    }
    return exchange
  }

  /** A connection that is done with its exchange and fit for another. */
  release(connection: UpstreamConnection): void {
    const next = this.#nextWaiting()
    if (next) return connection.run(next)
    if (this.#closed) return connection.destroy()
    this.#idle.push(connection)
  }

  /** A connection that is gone. */
  forget(connection: UpstreamConnection): void {
    if (!this.#open.delete(connection)) return
    const at = this.#idle.indexOf(connection)
    if (at !== -1) this.#idle.splice(at, 1)
    this.#connectWhereNeeded()
    this.#tellEmpty()
  }

  /** Lets what runs come to its end, then resolves. */
  async close(): Promise<void> {
    this.#closed = true
    for (const connection of this.#idle.splice(0)) connection.destroy()
    if (this.#open.size + this.#connecting > 0) await new Promise<void>((resolve) => (this.#onEmpty = resolve))
  }

  /** Ends everything now. */
  async destroy(): Promise<void> {
    this.#closed = true
    for (let next = this.#nextWaiting(); next; next = this.#nextWaiting()) next.fail(new errors.ClientDestroyedError(), false)
    for (const connection of [...this.#open]) connection.destroy(new errors.ClientDestroyedError())
  }

  #nextWaiting(): UpstreamExchange | undefined {
    for (const exchange of this.#waiting) {
      this.#waiting.delete(exchange)
      return exchange
    }
  }

  #connectWhereNeeded(): void {
    while (this.#connecting < this.#waiting.size && this.#open.size + this.#connecting < this.options.connectionsMax) {
      this.#connecting++
      this.#connect(this.#address, (error, socket) => {
        // Not at once: what is refused before it begins would be told before `dispatch` has returned.
        if (error) return queueMicrotask(() => this.#failOne(error))
        this.#connecting--
        const connection = new UpstreamConnection(this, socket)
        this.#open.add(connection)
        this.release(connection)
      })
    }
  }

  /** Whoever has waited longest hears of it; the others have their own connections on the way. */
  #failOne(error: Error): void {
    this.#connecting--
    this.#nextWaiting()?.fail(error, false)
    this.#connectWhereNeeded()
    this.#tellEmpty()
  }

  #tellEmpty(): void {
    if (this.#onEmpty && this.#open.size + this.#connecting === 0) this.#onEmpty()
  }
}
