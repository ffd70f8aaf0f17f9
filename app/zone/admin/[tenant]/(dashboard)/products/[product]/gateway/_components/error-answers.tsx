'use client'

import { Card } from '@/components/ui/card'
import { Switch } from '@/components/ui/choice'
import { Field } from '@/components/ui/field'
import { ActionForm, FormActions, SubmitButton } from '@/components/ui/form'
import { Input } from '@/components/ui/input'
import { Textarea } from '@/components/ui/textarea'
import type { ErrorAnswers as Answers } from '@/lib/products/gateway-config'
import { updateGatewayAction } from '../actions'

const titles: [keyof Answers, string, string][] = [
  ['authMissing', 'Credentials missing', 'The caller sent no key.'],
  ['authFailed', 'Authentication failed', 'The key is no longer good, or the plan lacks the method.'],
  ['noMatch', 'No mapping rule matched', 'No rule covers the path.'],
  ['limitsExceeded', 'Limits exceeded', 'A limit of the plan is used up.'],
]

export function ErrorAnswers({ productId, answers, rateLimitHeaders }: { productId: number; answers: Answers; rateLimitHeaders: boolean }) {
  return (
    <Card id="error-answers" title="Error answers" description="What callers get when the gateway refuses a call. Your API sees none of them.">
      <ActionForm action={updateGatewayAction} toInput={(input) => ({ ...input, productId })} success="Error answers saved">
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
        <FormActions>
          <SubmitButton variant="secondary">Save error answers</SubmitButton>
        </FormActions>
      </ActionForm>
    </Card>
  )
}
