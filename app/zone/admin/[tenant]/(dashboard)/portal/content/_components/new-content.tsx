'use client'

import { ChevronDown, FileCode, FileUp, LayoutTemplate, Plus, Puzzle } from 'lucide-react'
import { useState } from 'react'
import { Button } from '@/components/ui/button'
import { Dialog } from '@/components/ui/dialog'
import { DialogActions } from '@/components/ui/dialog-actions'
import { Field } from '@/components/ui/field'
import { ActionForm } from '@/components/ui/form'
import { Input } from '@/components/ui/input'
import { Menu } from '@/components/ui/menu'
import { Select } from '@/components/ui/select'
import { createLayoutAction, createPageAction, createPartialAction } from '../_actions'
import { NewFile } from './new-file'
import { contentTypeOptions, layoutOptions, type LayoutChoice } from './page-choices'

type What = 'page' | 'layout' | 'partial' | 'file'

/** The primary action of the list: a menu of what can be new, each in its own dialog. */
export function NewContent({ layouts, open }: { layouts: LayoutChoice[]; open: What | null }) {
  const [what, setWhat] = useState<What | null>(open)
  const close = () => setWhat(null)
  const dialog = (which: What) => ({ open: what === which, onOpenChange: (isOpen: boolean) => setWhat(isOpen ? which : null) })
  return (
    <>
      <Menu
        trigger={
          <Button variant="primary" icon={<Plus aria-hidden />}>
            New
            <ChevronDown aria-hidden />
          </Button>
        }
        items={[
          { label: 'New page', icon: <FileCode aria-hidden />, onSelect: () => setWhat('page') },
          { label: 'New layout', icon: <LayoutTemplate aria-hidden />, onSelect: () => setWhat('layout') },
          { label: 'New partial', icon: <Puzzle aria-hidden />, onSelect: () => setWhat('partial') },
          { kind: 'separator' },
          { label: 'New file', icon: <FileUp aria-hidden />, onSelect: () => setWhat('file') },
        ]}
      />
      <Dialog {...dialog('page')} title="New page" description="It begins as a draft. Nobody sees it before you publish it.">
        <ActionForm action={createPageAction} success="Page created">
          <Field label="Title" name="title">
            <Input required maxLength={200} autoComplete="off" autoFocus placeholder="Getting started" />
          </Field>
          <Field label="Path" name="path" hint="Where it answers on your portal.">
            <Input required mono maxLength={200} autoComplete="off" spellCheck={false} placeholder="/getting-started" />
          </Field>
          <Field label="Layout" name="layoutName">
            <Select defaultValue="main_layout" options={layoutOptions(layouts)} />
          </Field>
          <Field label="Content type" name="contentType">
            <Select defaultValue="text/html" options={contentTypeOptions} />
          </Field>
          <DialogActions onCancel={close}>Create page</DialogActions>
        </ActionForm>
      </Dialog>
      <Dialog {...dialog('layout')} title="New layout" description="It begins as a copy of your main layout. Pages use it once you choose it in their settings.">
        <ActionForm action={createLayoutAction} success="Layout created">
          <Field label="Title" name="title">
            <Input required maxLength={200} autoComplete="off" autoFocus placeholder="Landing page" />
          </Field>
          <Field label="System name" name="systemName" hint="Small letters, digits and _.">
            <Input required mono maxLength={100} autoComplete="off" spellCheck={false} placeholder="landing" />
          </Field>
          <DialogActions onCancel={close}>Create layout</DialogActions>
        </ActionForm>
      </Dialog>
      <Dialog {...dialog('partial')} title="New partial" description="A piece that pages and layouts take in with {% include 'name' %}.">
        <ActionForm action={createPartialAction} success="Partial created">
          <Field label="System name" name="systemName" hint="Small letters, digits and _, with / between parts.">
            <Input required mono maxLength={100} autoComplete="off" autoFocus spellCheck={false} placeholder="shared/banner" />
          </Field>
          <DialogActions onCancel={close}>Create partial</DialogActions>
        </ActionForm>
      </Dialog>
      <Dialog {...dialog('file')} title="New file" description="Served on your portal at its path, at once.">
        <NewFile onCancel={close} />
      </Dialog>
    </>
  )
}
