import { Prisma } from '@/lib/db/generated/client'

/**
 * First line of isolation (ISO-2): every where and data of a top-level operation names the tenant; what this list does
 * not know is refused. It cannot see nested writes and raw SQL; row-level security (lib/db/tenant-pool.ts) does.
 */
export function tenantExtension(tenantId: bigint) {
  return Prisma.defineExtension({
    name: 'tenant',
    query: {
      $allModels: {
        $allOperations: ({ model, operation, args, query }) => query(bindToTenant(tenantId, model, operation, args as Args) as typeof args),
      },
      $queryRawUnsafe: refuse('$queryRawUnsafe'),
      $executeRawUnsafe: refuse('$executeRawUnsafe'),
    },
  })
}

type Row = Record<string, unknown>
type Args = { where?: Row; data?: Row | Row[]; create?: Row; update?: Row }

/** Tables of the installation, of no tenant. */
const OWNERLESS = new Set(['UsageBatch', 'JournalLease'])
const READS = new Set(['findUnique', 'findUniqueOrThrow', 'findFirst', 'findFirstOrThrow', 'findMany', 'count', 'aggregate', 'groupBy'])
const CREATES = new Set(['create', 'createMany', 'createManyAndReturn'])
const CHANGES = new Set(['update', 'updateMany', 'updateManyAndReturn'])
const DELETES = new Set(['delete', 'deleteMany'])

/** The arguments narrowed to the tenant. Throws for another tenant's id and for operations it does not know. */
export function bindToTenant(tenantId: bigint, model: string, operation: string, args: Args = {}): Args {
  if (OWNERLESS.has(model)) throw new TenantBoundaryError(`${model} belongs to no tenant`)
  // The tenant's own row is known by its id; it is made and deleted by the system.
  const column = model === 'Tenant' ? 'id' : 'tenantId'
  const narrow = (row: Row | undefined): Row => {
    const given = row?.[column]
    if (given !== undefined && !isSame(given, tenantId)) throw new TenantBoundaryError(`${model}.${operation} names another tenant`)
    return { ...row, [column]: tenantId }
  }
  const checked = (row: Row | undefined): Row | undefined => {
    if (row && column in row) narrow({ [column]: setValue(row[column]) })
    return row
  }

  if (READS.has(operation) || DELETES.has(operation)) return { ...args, where: narrow(args.where) }
  if (CHANGES.has(operation)) return { ...args, where: narrow(args.where), data: checked(args.data as Row) }
  if (CREATES.has(operation)) return { ...args, data: Array.isArray(args.data) ? args.data.map(narrow) : narrow(args.data) }
  if (operation === 'upsert') return { ...args, where: narrow(args.where), create: narrow(args.create), update: checked(args.update) }
  throw new TenantBoundaryError(`${model}.${operation} is not known to the tenant's client`)
}

/** A mistake of ours, never of a visitor: it ends as a 500 and a line in the log. */
class TenantBoundaryError extends Error {
  override readonly name = 'TenantBoundaryError'
}

const isSame = (given: unknown, tenantId: bigint) => (typeof given === 'bigint' || typeof given === 'number') && BigInt(given) === tenantId

/** `{ set: 1n }` and `1n` say the same in an update. */
const setValue = (value: unknown) => (typeof value === 'object' && value !== null && 'set' in value ? value.set : value)

function refuse(name: string) {
  return (): never => {
    throw new TenantBoundaryError(`${name} is not for a tenant's client; use the tagged template`)
  }
}
