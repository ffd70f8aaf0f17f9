import type { Metadata } from 'next'
import type { ReactNode } from 'react'
import { LinkButton } from '@/components/ui/link-button'
import { addressEnd } from './_components/address-end'
import { DashboardPicture, GatePicture, ImportPicture, PlansPicture, PortalPicture, UsagePicture } from './_components/mockups'
import { NameYourGate } from './_components/name-your-gate'
import { SiteFrame } from './_components/site-frame'

export const metadata: Metadata = { title: { absolute: 'Gatehouse: open your API to partners' } }

export default function LandingPage() {
  return (
    <SiteFrame>
      <section className="mx-auto grid w-full max-w-6xl items-center gap-x-12 gap-y-10 px-4 pt-12 pb-20 sm:px-6 lg:grid-cols-[5fr_6fr] lg:pt-20">
        <div>
          <h1 className="text-4xl font-semibold tracking-tight sm:text-5xl">Open your API to partners. Keep the keys.</h1>
          <p className="mt-5 max-w-xl text-base text-text-2">
            Gatehouse stands in front of your API: it knows every partner by its key, lets through what the partner’s plan allows, counts each call once, and passes it on.
          </p>
          <div className="mt-8 flex flex-wrap items-center gap-3">
            <LinkButton href="/sign-up" variant="primary" size="lg">
              Open your API
            </LinkButton>
            <LinkButton href="/sign-in" size="lg">
              Sign in
            </LinkButton>
          </div>
          <p className="mt-4 text-text-2">Free for 30 days, no card asked.</p>
        </div>
        <GatePicture />
      </section>

      <section aria-labelledby="why" className="border-y border-line bg-surface">
        <div className="mx-auto w-full max-w-6xl px-4 py-16 sm:px-6">
          <h2 id="why" className="max-w-xl text-2xl font-semibold tracking-tight">
            Three things you would otherwise write yourself
          </h2>
          <div className="mt-10 grid gap-x-8 gap-y-12 lg:grid-cols-3">
            <Reason title="From document to gateway" picture={<ImportPicture />}>
              Drop your OpenAPI file. Every operation becomes a method with a rule that matches exactly its path. Test one real call, then promote.
            </Reason>
            <Reason title="Plans that say who may do what" picture={<PlansPicture />}>
              Switch methods on and off per plan, and limit them by the minute, the month or anything between. Changes hold within a second.
            </Reason>
            <Reason title="Limits that hold, counts that agree" picture={<UsagePicture />}>
              Four hundred calls at once against a limit of fifteen: fifteen pass. What we count is what your API saw, even after a crash.
            </Reason>
          </div>
        </div>
      </section>

      <section aria-labelledby="sides" className="mx-auto w-full max-w-6xl px-4 py-16 sm:px-6">
        <h2 id="sides" className="max-w-xl text-2xl font-semibold tracking-tight">
          One place for you, one for your partners
        </h2>
        <div className="mt-10 grid items-stretch gap-8 lg:grid-cols-[7fr_5fr] [&>figure]:flex [&>figure]:min-w-0 [&>figure]:flex-col [&_[role=img]]:flex-1">
          <figure>
            <DashboardPicture />
            <figcaption className="mt-3 text-text-2">Your dashboard: a test call says which of its five steps failed, and what to do.</figcaption>
          </figure>
          <figure>
            <PortalPicture />
            <figcaption className="mt-3 text-text-2">Your portal: your name, an address of its own.</figcaption>
          </figure>
        </div>
      </section>

      <section aria-labelledby="begin" className="border-t border-line bg-surface">
        <div className="mx-auto flex w-full max-w-6xl flex-col items-start gap-5 px-4 py-16 sm:px-6">
          <h2 id="begin" className="text-2xl font-semibold tracking-tight">
            What shall your gate be called?
          </h2>
          <NameYourGate end={addressEnd()} />
        </div>
      </section>
    </SiteFrame>
  )
}

function Reason({ title, picture, children }: { title: string; picture: ReactNode; children: ReactNode }) {
  return (
    <div className="min-w-0">
      {picture}
      <h3 className="mt-5 text-base font-semibold">{title}</h3>
      <p className="mt-1.5 text-text-2">{children}</p>
    </div>
  )
}
