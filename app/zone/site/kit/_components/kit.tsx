'use client'

import { Boxes, Inbox, KeyRound, MoreHorizontal, Plus, Settings, Trash2, Upload, Users } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { toast } from 'sonner'
import { Chart } from '@/components/charts/chart'
import { Sparkline } from '@/components/charts/sparkline'
import { LogoMark } from '@/components/shell/logo'
import { ThemeToggle } from '@/components/shell/theme-toggle'
import { Badge, PlanTag, StateDot, VerbBadge, VerbPath } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { Callout } from '@/components/ui/callout'
import { Card, DescriptionList, Figure } from '@/components/ui/card'
import { Checkbox, RadioGroup, Switch } from '@/components/ui/choice'
import { Code, CodeBlock } from '@/components/ui/code-block'
import { CommandPalette } from '@/components/ui/command-palette'
import { Copyable } from '@/components/ui/copy-button'
import { DataTable } from '@/components/ui/data-table'
import { ConfirmDialog, Dialog, Sheet } from '@/components/ui/dialog'
import { DialogActions } from '@/components/ui/dialog-actions'
import { EmptyState } from '@/components/ui/empty-state'
import { Field } from '@/components/ui/field'
import { ActionForm, FormActions, SubmitButton, type ActionResult } from '@/components/ui/form'
import { Input } from '@/components/ui/input'
import { LinkButton } from '@/components/ui/link-button'
import { Menu, Popover, Tooltip } from '@/components/ui/menu'
import { CompactNumber } from '@/components/ui/number'
import { Breadcrumbs, PageHeader } from '@/components/ui/page-header'
import { ProgressBar, UsageBar } from '@/components/ui/progress'
import { RelativeTime } from '@/components/ui/relative-time'
import { SecretField } from '@/components/ui/secret-field'
import { Select, SelectMenu } from '@/components/ui/select'
import { PageSkeleton } from '@/components/ui/skeleton'
import { SortableList } from '@/components/ui/sortable-list'
import { Checklist, StepDiagram } from '@/components/ui/steps'
import { LinkTabs, Tabs } from '@/components/ui/tabs'
import { Textarea } from '@/components/ui/textarea'

const applications = Array.from({ length: 57 }, (_, index) => ({
  id: index + 1,
  href: `/kit?application=${index + 1}`,
  name: ['Paper Boat', 'Night Ferry', 'Harbour Watch', 'Tidewater'][index % 4] + ` ${index + 1}`,
  account: ['Northwind Press', 'Harbour Labs', 'Quiet Signals'][index % 3],
  plan: ['Trial', 'Public', 'Partner'][index % 3],
  state: ['live', 'live', 'pending', 'suspended'][index % 4],
  calls: (index * 7919) % 48_211,
  lastCallAt: index % 5 === 0 ? null : new Date(Date.UTC(2026, 10, 23, 12 - (index % 11), index % 60)).toISOString(),
}))

const days = Array.from({ length: 30 }, (_, index) => ({
  label: `${(index % 30) + 1} Nov`,
  calls: Math.round(2400 + 900 * Math.sin(index / 2.2) + index * 60),
  refused: Math.round(120 + 80 * Math.cos(index / 1.7)),
}))

/** Answers like a server action would, so that the form can be seen in each state. */
async function pretendToSave(input: unknown): Promise<ActionResult> {
  await new Promise((done) => setTimeout(done, 400))
  const { name } = input as { name: string }
  if (name !== 'Trial') return { ok: false, error: { code: 'invalid', message: 'Please mend the fields marked below.', fields: { name: ['A plan of this name exists already. Choose another.'] } } }
  return { ok: true }
}

export function Kit() {
  const [palette, setPalette] = useState(false)
  const [rules, setRules] = useState([
    { id: 1, verb: 'GET', path: '/1.1/statuses/mentions_timeline.json$' },
    { id: 2, verb: 'POST', path: '/1.1/statuses/update.json$' },
    { id: 3, verb: 'DELETE', path: '/1.1/lists/members/destroy_all.json$' },
  ])
  return (
    <main className="mx-auto flex max-w-5xl flex-col gap-10 px-4 py-8">
      <Breadcrumbs items={[{ label: 'APIs', href: '/kit' }, { label: 'REST API', href: '/kit' }, { label: 'Plans' }]} />
      <PageHeader
        title="Kit"
        meta={<Badge tone="accent">Development only</Badge>}
        description="Every component in every state, for our own eyes."
        action={
          <>
            <ThemeToggle />
            <Button variant="primary" icon={<Plus aria-hidden />} onClick={() => setPalette(true)}>
              Open the palette
            </Button>
          </>
        }
      />
      <CommandPalette
        open={palette}
        onOpenChange={setPalette}
        items={[
          { id: 'home', group: 'Go to', label: 'Home', icon: <Boxes />, href: '/kit' },
          { id: 'members', group: 'Go to', label: 'Members & roles', icon: <Users />, href: '/kit' },
          { id: 'new', group: 'Create', label: 'New product', icon: <Plus />, href: '/kit' },
        ]}
        search={async (query) => [{ id: 'p1', group: 'Products', label: `REST API (${query})`, detail: 'twitter', icon: <Boxes />, href: '/kit' }]}
      />
      <LinkTabs
        label="Product"
        items={[
          { href: '/kit', label: 'Overview', exact: true },
          { href: '/kit/methods', label: 'Methods', count: 83 },
          { href: '/kit/rules', label: 'Mapping rules', count: 83 },
          { href: '/kit/gateway', label: 'Gateway' },
          { href: '/kit/plans', label: 'Plans', count: 3 },
        ]}
      />

      <Group title="Buttons">
        <div className="flex flex-wrap items-center gap-2">
          <Button variant="primary">Promote to production</Button>
          <Button>Test</Button>
          <Button variant="ghost">Cancel</Button>
          <Button variant="danger" icon={<Trash2 aria-hidden />}>
            Delete plan
          </Button>
          <Button variant="primary" pending>
            Saving
          </Button>
          <Button disabled>Disabled</Button>
          <Button size="sm">Small</Button>
          <Button size="lg" variant="primary">
            Open your API
          </Button>
          <LinkButton href="/kit" icon={<Upload aria-hidden />}>
            Import
          </LinkButton>
          <Tooltip label="More actions">
            <Button variant="ghost" size="icon" aria-label="More" icon={<MoreHorizontal aria-hidden />} />
          </Tooltip>
          <Menu
            trigger={<Button>Menu</Button>}
            items={[
              { kind: 'label', label: 'Plan' },
              { label: 'Copy', onSelect: () => toast.success('Plan copied') },
              { label: 'Settings', href: '/kit', icon: <Settings />, hint: 'S' },
              { kind: 'separator' },
              { label: 'Delete', danger: true, icon: <Trash2 />, onSelect: () => toast.error('The plan is used by 3 applications.') },
            ]}
          />
          <Popover label="About limits" trigger={<Button>Popover</Button>}>
            <p>Limits of one plan hold together: all must allow the call.</p>
          </Popover>
          <Dialog trigger={<Button>Dialog</Button>} title="New limit" description="A limit holds for one method or metric and one period.">
            {(close) => (
              <ActionForm action={pretendToSave} onDone={close} success="Limit saved">
                <Field name="name" label="Name">
                  <Input />
                </Field>
                <DialogActions onCancel={close}>Save limit</DialogActions>
              </ActionForm>
            )}
          </Dialog>
          <Sheet trigger={<Button>Sheet</Button>} title="GET statuses/mentions_timeline" description="Method of REST API">
            <DescriptionList items={[{ label: 'System name', value: <Code>statuses_mentions_timeline</Code> }, { label: 'Description', value: '' }]} />
          </Sheet>
          <ConfirmDialog
            trigger={<Button variant="danger">Delete product</Button>}
            title="Delete REST API?"
            description="Its methods, plans and keys go with it. Calls are refused at once. This cannot be undone."
            phrase="twitter"
            confirmLabel="Delete product"
            onConfirm={() => toast.success('Product deleted')}
          />
        </div>
      </Group>

      <Group title="Form">
        <div className="grid gap-6 md:grid-cols-2">
          <Card title="New plan" description="What an application may do, and how often.">
            <ActionForm action={pretendToSave} success="Plan saved">
              <Field name="name" label="Name" hint="Developers see it on the portal.">
                <Input defaultValue="Trail" required />
              </Field>
              <Field name="description" label="Description" optional>
                <Textarea rows={2} placeholder="100 calls a month, reads only" />
              </Field>
              <Field name="state" label="State">
                <Select options={[{ value: 'hidden', label: 'Hidden' }, { value: 'published', label: 'Published' }]} />
              </Field>
              <Checkbox name="approval" label="Needs approval" hint="You confirm each application before its key works." />
              <FormActions>
                <SubmitButton>Save plan</SubmitButton>
                <Button variant="ghost">Cancel</Button>
              </FormActions>
            </ActionForm>
          </Card>
          <Card title="Other controls">
            <div className="flex flex-col gap-4">
              <Field label="Subdomain" error="This name is taken. Try acme-api.">
                <Input after=".portal.example.com" defaultValue="acme" mono />
              </Field>
              <Field label="Private base URL" hint="Where your API lives. The gateway calls it; partners never see it.">
                <Input before="https://" placeholder="api.internal.example.com:8443" mono />
              </Field>
              <Field label="Credentials location">
                <SelectMenu
                  defaultValue="headers"
                  options={[
                    { value: 'headers', label: 'HTTP headers', detail: 'Recommended: keys stay out of logs' },
                    { value: 'query', label: 'Query parameters', detail: 'As many older clients expect' },
                  ]}
                />
              </Field>
              <RadioGroup
                name="mode"
                legend="Authentication mode"
                cards
                defaultValue="user_key"
                options={[
                  { value: 'user_key', label: 'One key', hint: 'A single user key identifies the application.' },
                  { value: 'app_id_app_key', label: 'App id and key', hint: 'An id, and up to five keys in rotation.' },
                ]}
              />
              <Switch label="End-user plans" hint="Limits for the people behind an application." defaultChecked />
              <Switch label="Registration by hand" />
              <Checkbox label="Statuses" defaultChecked />
              <Input aria-label="Disabled" disabled defaultValue="Disabled" />
            </div>
          </Card>
        </div>
      </Group>

      <Group title="Words and states">
        <div className="flex flex-wrap items-center gap-3">
          {['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'ANY'].map((verb) => (
            <VerbBadge key={verb} verb={verb} />
          ))}
          {['live', 'pending', 'suspended', 'hidden'].map((state) => (
            <StateDot key={state} state={state} />
          ))}
          <PlanTag name="Trial" isDefault />
          <PlanTag name="Partner" />
          <Badge>Imported</Badge>
          <Badge tone="good">Default</Badge>
          <Badge tone="warn">Removed from the document</Badge>
          <Badge tone="bad">Over limit</Badge>
          <CompactNumber value={1_234_567} unit="calls" />
          <RelativeTime at="2026-11-23T09:00:00Z" />
          <Sparkline label="Calls of the last 7 days: 120 to 480" values={[120, 180, 150, 260, 310, 280, 480]} />
        </div>
        <VerbPath verb="GET" path="/1.1/statuses/mentions_timeline.json" />
        <div className="flex flex-wrap items-center gap-x-6 gap-y-2">
          <SecretField label="secret token" value="b6d1f0c7a9e84f6d9f1a" />
          <Copyable value="https://twitter-acme.gw.example.com" />
        </div>
      </Group>

      <Group title="Messages">
        <Callout kind="info" title="Changes here wait for the next promotion">
          Production keeps version 4 until you promote.
        </Callout>
        <Callout kind="success">200 OK in 84 ms. One call of GET search/tweets was counted.</Callout>
        <Callout kind="warning" title="No default plan" action={<Button size="sm">Choose one</Button>}>
          Nobody can sign up until one plan is the default.
        </Callout>
        <Callout kind="danger" title="The upstream did not answer">
          Connection refused at 127.0.0.1:4010. Is your API running?
        </Callout>
        <Card title="Test integration" description="A real call through staging.">
          <StepDiagram
            steps={[
              { name: 'host', label: 'Host', state: 'passed', detail: 'twitter-acme.staging.gw' },
              { name: 'key', label: 'Key', state: 'passed', detail: 'Test application' },
              { name: 'rule', label: 'Rule', state: 'failed', detail: 'No rule matches GET /1.2/search' },
              { name: 'limit', label: 'Limit', state: 'skipped' },
              { name: 'upstream', label: 'Upstream', state: 'skipped' },
            ]}
          />
        </Card>
        <StepDiagram
          label="A call that went through"
          steps={['Host', 'Key', 'Rule', 'Limit', 'Upstream'].map((label) => ({ name: label, label, state: 'passed' as const }))}
        />
      </Group>

      <Group title="Checklist and progress">
        <Checklist
          title="From nothing to a partner"
          description="Each step opens where it is done."
          items={[
            { id: 'define', title: 'Define your API', done: true, href: '/kit' },
            { id: 'integrate', title: 'Call it through the gateway', description: 'Name the private base URL and send a test call.', done: false, href: '/kit', action: 'Open gateway' },
            { id: 'plans', title: 'Make a plan', description: 'Who may do what, and how often.', done: false, href: '/kit' },
          ]}
        />
        <Card>
          <div className="flex flex-col gap-5">
            <ProgressBar label="Importing twitter-rest-1.1.openapi.json" done={42} total={83} unit="operations" onCancel={() => toast('Cancelled')} />
            <UsageBar label="Hits this month" value={64} max={100} />
            <UsageBar label="POST statuses/update this day" value={15} max={15} />
            <UsageBar label="GET search/tweets this minute" value={27} max={30} />
          </div>
        </Card>
      </Group>

      <Group title="Figures and charts">
        <div className="grid grid-cols-2 gap-4 lg:grid-cols-4">
          <Figure label="Calls, 24 hours" value={<CompactNumber value={48_213} />} hint="12 % more than the day before">
            <Sparkline label="Calls by hour" values={[3, 4, 3, 5, 8, 9, 12, 11]} width={64} />
          </Figure>
          <Figure label="Refused" value={<CompactNumber value={312} />} hint="0.6 % of all calls" />
          <Figure label="Applications" value="57" />
          <Figure label="Median time" value="84 ms" />
        </div>
        <Card>
          <Chart kind="area" title="Calls" note="86,400 in 30 days" points={days} series={[{ key: 'calls', name: 'Answered' }, { key: 'refused', name: 'Refused', tone: 4 }]} labelHeader="Day" />
        </Card>
        <div className="grid gap-4 md:grid-cols-2">
          <Card>
            <Chart kind="bar" title="Calls by day" points={days.slice(0, 14)} series={[{ key: 'calls', name: 'Calls' }, { key: 'refused', name: 'Refused' }]} stacked height={180} labelHeader="Day" />
          </Card>
          <Card>
            <Chart kind="line" title="Median time" points={days} series={[{ key: 'refused', name: 'Median', tone: 2 }]} height={180} unit="ms" labelHeader="Day" />
          </Card>
        </div>
      </Group>

      <Group title="List">
        <DataTable
          label="applications"
          search="Search by name or account"
          rows={applications}
          exportName="applications"
          initialSort="-calls"
          filters={[
            { key: 'state', label: 'State', options: [{ value: 'live', label: 'Live' }, { value: 'pending', label: 'Pending' }, { value: 'suspended', label: 'Suspended' }] },
            { key: 'plan', label: 'Plan', options: ['Trial', 'Public', 'Partner'].map((plan) => ({ value: plan, label: plan })) },
          ]}
          columns={[
            { key: 'name', header: 'Application' },
            { key: 'account', header: 'Account' },
            { key: 'plan', header: 'Plan', kind: 'plan', hideOnPhone: true },
            { key: 'state', header: 'State', kind: 'state' },
            { key: 'calls', header: 'Calls', kind: 'number' },
            { key: 'lastCallAt', header: 'Last call', kind: 'time', hideOnPhone: true },
          ]}
          bulkActions={(ids, clear) => <Button onClick={() => (toast.success(`${ids.length} suspended`), clear())}>Suspend</Button>}
          empty={<EmptyState icon={<KeyRound />} title="No applications yet" />}
        />
        <DataTable
          label="accounts"
          urlPrefix="none-"
          rows={[]}
          columns={[{ key: 'name', header: 'Name' }]}
          empty={
            <EmptyState icon={<Inbox />} title="No accounts yet" action={<Button variant="primary">New account</Button>}>
              A partner company appears here when it signs up, or when you create it.
            </EmptyState>
          }
        />
      </Group>

      <Group title="Order">
        <Card flush title="Mapping rules">
          <SortableList
            label="Mapping rules"
            items={rules}
            nameOf={(rule) => `${rule.verb} ${rule.path}`}
            render={(rule) => <VerbPath verb={rule.verb} path={rule.path} />}
            onReorder={(ids) => setRules(ids.map((id) => rules.find((rule) => rule.id === id)).filter((rule) => rule !== undefined))}
          />
        </Card>
      </Group>

      <Group title="Code">
        <Tabs
          label="Request and answer"
          items={[
            { value: 'curl', label: 'curl', content: <CodeBlock language="shell" code={`curl 'https://twitter-acme.gw.example.com/1.1/search/tweets.json?q=tide' \\\n  -H 'X-App-Id: 4f2a91' \\\n  -H 'X-App-Key: 9c1e...'`} /> },
            { value: 'answer', label: 'Answer', content: <CodeBlock language="json" title="200 OK" code={JSON.stringify({ statuses: [{ id: 12, text: 'high tide', retweeted: false, place: null }] }, null, 2)} /> },
            { value: 'headers', label: 'Headers', content: <CodeBlock language="http" code={'HTTP/1.1 429 Too Many Requests\nretry-after: 41\nratelimit-limit: 100\n\nLimits exceeded'} /> },
          ]}
        />
      </Group>

      <Group title="Facts">
        <div className="grid gap-4 md:grid-cols-2">
          <Card title="REST API" action={<Button size="sm">Rename</Button>} footer="Version 4 is live since 20 November">
            <DescriptionList
              items={[
                { label: 'System name', value: <Code>twitter</Code> },
                { label: 'State', value: <StateDot state="active" /> },
                { label: 'Production', value: <Copyable value="https://twitter-acme.gw.example.com" /> },
                { label: 'Description', value: null },
              ]}
            />
          </Card>
          <div className="grid place-items-center rounded-lg border border-line bg-surface">
            <LogoMark className="size-24" />
          </div>
        </div>
        <PageSkeleton />
      </Group>
    </main>
  )
}

function Group({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="flex min-w-0 flex-col gap-4">
      <h2 className="border-b border-line pb-2 text-base font-semibold">{title}</h2>
      {children}
    </section>
  )
}
