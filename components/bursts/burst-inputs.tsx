import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { fieldsOfBursts } from '@/lib/products/burst-fields'
import type { Bursts } from '@/lib/products/gateway-config'

/** The five fields of bursts, all optional. Their names begin with `bursts.`; `burstsIn` collects them. */
export function BurstInputs({ value }: { value: Bursts | null }) {
  const fields = fieldsOfBursts(value)
  return (
    <div className="grid gap-3 sm:grid-cols-2">
      <Field label="Calls on average" name="bursts.bucketPerSecond" hint="The pace over time. Whoever calls slower saves up for a burst." optional>
        <Input inputMode="decimal" defaultValue={fields.bucketPerSecond} autoComplete="off" after="a second" />
      </Field>
      <Field label="Largest burst" name="bursts.bucketSize" hint="So many calls may come at once when all is saved up." optional>
        <Input inputMode="numeric" defaultValue={fields.bucketSize} autoComplete="off" after="calls" />
      </Field>
      <Field label="Sliding window" name="bursts.windowCalls" hint="At most so many calls within any stretch of this length." optional>
        <Input inputMode="numeric" defaultValue={fields.windowCalls} autoComplete="off" after="calls" />
      </Field>
      <Field label="Length of the window" name="bursts.windowSeconds" hint="Up to 3,600, an hour. For longer stretches use a limit." optional>
        <Input inputMode="numeric" defaultValue={fields.windowSeconds} autoComplete="off" after="seconds" />
      </Field>
      <Field label="Calls under way" name="bursts.concurrency" hint="More are refused until one of them has ended." optional>
        <Input inputMode="numeric" defaultValue={fields.concurrency} autoComplete="off" after="at once" />
      </Field>
    </div>
  )
}

/** The fields out of a form's values, as the actions take them. */
export function burstsIn(values: Record<string, unknown>): Record<string, unknown> {
  const names = ['bucketPerSecond', 'bucketSize', 'windowCalls', 'windowSeconds', 'concurrency']
  return Object.fromEntries(names.map((name) => [name, values[`bursts.${name}`] ?? '']))
}
