import { Check } from 'lucide-react'
import Link from 'next/link'
import { addressEnd } from '../_components/address-end'
import { SiteFrame } from '../_components/site-frame'
import { SignUp } from './_components/sign-up'

export const metadata = { title: 'Open your API' }

const given = [
  'A dashboard and a portal, each on an address of its own',
  'A first product with staging and production gateway',
  'Two plans to begin with: Basic and Unlimited',
  '30 days free; nothing is blocked afterwards without a word',
]

export default async function SignUpPage({ searchParams }: { searchParams: Promise<Record<string, string | string[] | undefined>> }) {
  const { slug } = await searchParams
  return (
    <SiteFrame quiet>
      <div className="mx-auto grid w-full max-w-5xl grid-cols-1 gap-x-16 gap-y-10 px-4 py-10 sm:px-6 md:grid-cols-[minmax(0,26rem)_1fr] md:py-16">
        <SignUp end={addressEnd()} slug={typeof slug === 'string' ? slug.slice(0, 30) : ''} />
        <aside className="md:pt-16">
          <h2 className="text-base font-semibold">What you get at once</h2>
          <ul className="mt-4 flex flex-col gap-3">
            {given.map((line) => (
              <li key={line} className="flex gap-2.5 text-text-2">
                <Check aria-hidden className="mt-0.5 size-4 shrink-0 text-good-text" />
                {line}
              </li>
            ))}
          </ul>
          <p className="mt-8 text-text-2">
            Your organisation is here already?{' '}
            <Link href="/sign-in" className="link">
              Sign in
            </Link>
          </p>
        </aside>
      </div>
    </SiteFrame>
  )
}
