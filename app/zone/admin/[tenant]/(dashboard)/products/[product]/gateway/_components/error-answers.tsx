'use client'

import { Card } from '@/components/ui/card'
import { Switch } from '@/components/ui/choice'
import { Field } from '@/components/ui/field'
import { ActionForm, FormActions, SubmitButton } from '@/components/ui/form'
import { Input } from '@/components/ui/input'
import { Select } from '@/components/ui/select'
import { Textarea } from '@/components/ui/textarea'
import type { ErrorAnswers as Answers, RefusalStyle } from '@/lib/products/gateway-config'
import { updateGatewayAction } from '../actions'

const titles: [keyof Answers, string, string][] = [
  ['authMissing', 'Credentials missing', 'The caller sent no key.'],
  ['authFailed', 'Authentication failed', 'The key is no longer good, or the plan lacks the method.'],
  ['noMatch', 'No mapping rule matched', 'No rule covers the path.'],
  ['limitsExceeded', 'Limits exceeded', 'A limit of the plan is used up.'],
]

type Props = { productId: number; answers: Answers; rateLimitHeaders: boolean; refusalStyle: RefusalStyle; callSamplePercent: number }

export function ErrorAnswers({ productId, answers, rateLimitHeaders, refusalStyle, callSamplePercent }: Props) {
  return (
    <Card id="error-answers" title="Error answers" description="What callers get when the gateway refuses a call. Your API sees none of them.">
      <ActionForm action={updateGatewayAction} toInput={(input) => ({ ...input, productId })} success="Error answers saved">
        <Field
          label="Refusals"
          name="refusalStyle"
          hint="Problem details are JSON (RFC 9457): the cause, which window of which limit, when it works again, a request id, and links to your portal. The statuses below hold for both, the content types and bodies for texts only."
        >
          <Select
            defaultValue={refusalStyle}
            options={[
              { value: 'text', label: 'Texts, as written below' },
              { value: 'problem', label: 'Problem details that say why' },
            ]}
          />
        </Field>
        <div className="grid gap-4 xl:grid-cols-2">
          {titles.map(([key, title, hint]) => (
            <fieldset key={key} className="flex min-w-0 flex-col gap-3 rounded-lg border border-line p-4">
              <legend className="px-1 font-semibold">{title}</legend>
              <p className="text-text-2">{hint}</p>
              <div className="grid gap-3 sm:grid-cols-[7rem_1fr]">
                <Field label="Status" name={`errorAnswers.${key}.status`}>
                  <Input type="number" required min={200} max={599} defaultValue={answers[key].status} />
                </Field>
                <Field label="Content type" name={`errorAnswers.${key}.contentType`}>
                  <Input required mono defaultValue={answers[key].contentType} spellCheck={false} autoCapitalize="none" />
                </Field>
              </div>
              <Field label="Body" name={`errorAnswers.${key}.body`}>
                <Textarea rows={2} mono defaultValue={answers[key].body} spellCheck={false} />
              </Field>
            </fieldset>
          ))}
        </div>
        <Switch name="rateLimitHeaders" defaultChecked={rateLimitHeaders} label="Tell callers about their limits" hint="Sends RateLimit and RateLimit-Policy with answers of limited applications." />
        <Field label="Successful calls kept" name="callSamplePercent" hint="How many of a hundred are kept for Calls, seven days at most, and no more than 250 a second of all your products together. Refusals and failures of your API are kept whatever this says; of a flood of them, a part." className="max-w-md">
          <Input type="number" required min={0} max={100} defaultValue={callSamplePercent} after="%" />
        </Field>
        <FormActions>
          <SubmitButton variant="secondary">Save error answers</SubmitButton>
        </FormActions>
      </ActionForm>
    </Card>
  )
}
