import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { fieldsOfBursts } from '@/lib/products/bursts'
import type { Bursts } from '@/lib/products/gateway-config'

/** The five fields of bursts, all optional. Their names begin with `bursts.`; `burstsIn` collects them. */
export function BurstInputs({ value }: { value: Bursts | null }) {
  const fields = fieldsOfBursts(value)
  return (
    <div className="grid gap-3 sm:grid-cols-2">
      <Field label="Calls a second, on average" name="bursts.bucketPerSecond" hint="How fast the bucket fills again." optional>
        <Input inputMode="decimal" defaultValue={fields.bucketPerSecond} autoComplete="off" />
      </Field>
      <Field label="At once" name="bursts.bucketSize" hint="How many calls a full bucket lets through." optional>
        <Input inputMode="numeric" defaultValue={fields.bucketSize} autoComplete="off" />
      </Field>
      <Field label="Calls within" name="bursts.windowCalls" hint="In any stretch of the seconds beside it." optional>
        <Input inputMode="numeric" defaultValue={fields.windowCalls} autoComplete="off" />
      </Field>
      <Field label="Seconds" name="bursts.windowSeconds" hint="A window that slides with the clock." optional>
        <Input inputMode="numeric" defaultValue={fields.windowSeconds} autoComplete="off" />
      </Field>
      <Field label="Calls under way" name="bursts.concurrency" hint="Whoever has as many waits for one to end." optional>
        <Input inputMode="numeric" defaultValue={fields.concurrency} autoComplete="off" />
      </Field>
    </div>
  )
}

/** The fields out of a form's values, as the actions take them. */
export function burstsIn(values: Record<string, unknown>): Record<string, unknown> {
  const names = ['bucketPerSecond', 'bucketSize', 'windowCalls', 'windowSeconds', 'concurrency']
  return Object.fromEntries(names.map((name) => [name, values[`bursts.${name}`] ?? '']))
}
