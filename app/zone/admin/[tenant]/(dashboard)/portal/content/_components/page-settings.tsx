'use client'

import { Card } from '@/components/ui/card'
import { Checkbox } from '@/components/ui/choice'
import { Field } from '@/components/ui/field'
import { ActionForm, FormActions, SubmitButton } from '@/components/ui/form'
import { Input } from '@/components/ui/input'
import { Select } from '@/components/ui/select'
import type { ContentDetail } from '@/lib/portal/content/list-content'
import { editSettingsAction } from '../_actions'
import { contentTypeOptions, layoutOptions, type LayoutChoice } from './page-choices'

/** What of a page is no text; in force as soon as it is saved. A version of a built-in page keeps the page's place. */
export function PageSettings({ content, layouts, onSaved }: { content: ContentDetail; layouts: LayoutChoice[]; onSaved: (content: ContentDetail) => void }) {
  const { kind, systemName, builtIn, updatedAt } = content
  if (builtIn && updatedAt === null) return null
  return (
    <Card title="Page settings" description="In force as soon as you save them.">
      <ActionForm
        action={editSettingsAction}
        stay
        success="Settings saved"
        toInput={(input) => ({ ...input, kind, systemName, basedOn: updatedAt })}
        onDone={(data) => data && onSaved(data.content)}
      >
        {!builtIn && (
          <>
            <Field label="Title" name="title">
              <Input required maxLength={200} defaultValue={content.title} />
            </Field>
            <Field label="Path" name="path">
              <Input required mono maxLength={200} spellCheck={false} defaultValue={content.path ?? ''} />
            </Field>
          </>
        )}
        <Field label="Layout" name="layoutName">
          <Select defaultValue={content.layoutName ?? ''} options={layoutOptions(layouts)} />
        </Field>
        {!builtIn && (
          <>
            <Field label="Content type" name="contentType">
              <Select defaultValue={content.contentType} options={contentTypeOptions} />
            </Field>
            <Checkbox name="liquid" label="Read as Liquid" hint="Off: the text is sent as it stands." defaultChecked={content.liquid} />
          </>
        )}
        <FormActions>
          <SubmitButton variant="secondary">Save settings</SubmitButton>
        </FormActions>
      </ActionForm>
    </Card>
  )
}
