import { LogoMark } from '@/components/shell/logo'
import { LinkButton } from '@/components/ui/link-button'

export const metadata = { title: 'Not found' }

/** For every host of ours, so it says nothing about what exists where. */
export default function NotFound() {
  return (
    <main className="grid min-h-dvh place-items-center px-4">
      <div className="flex flex-col items-center text-center">
        <LogoMark className="size-10 text-text-3" />
        <h1 className="mt-6 text-xl font-semibold">There is nothing at this address</h1>
        <p className="mt-1 max-w-sm text-text-2">Check the spelling, or begin again at the front.</p>
        <LinkButton href="/" className="mt-5">
          Go to the front page
        </LinkButton>
      </div>
    </main>
  )
}
