'use client'

import { useEffect, useRef, useState } from 'react'
import { Callout } from '@/components/ui/callout'
import { Skeleton } from '@/components/ui/skeleton'
import '@/lib/portal/theme/css/active_docs.css'
import './api-viewer.css'

/** The document with try-it: "Authorize" takes an access token, which stays in this page and is gone with it. */
export function ApiViewer() {
  const place = useRef<HTMLDivElement>(null)
  const [state, setState] = useState<'loading' | 'shown' | 'failed'>('loading')
  useEffect(() => {
    let gone = false
    const stopMending = place.current ? mend(place.current) : undefined
    void show(place, () => gone).then(
      () => !gone && setState('shown'),
      // The part of the program that shows it could not be fetched.
      () => !gone && setState('failed'),
    )
    return () => {
      gone = true
      stopMending?.()
    }
  }, [])
  return (
    <section aria-label="Reference" className="active-docs min-w-0">
      {state === 'loading' && <Skeleton className="h-96" />}
      {state === 'failed' && <Callout kind="danger">The reference could not be loaded. Reload the page to try again.</Callout>}
      <div ref={place} />
    </section>
  )
}

async function show(place: { current: HTMLElement | null }, isGone: () => boolean): Promise<void> {
  const [{ default: SwaggerUI }] = await Promise.all([import('swagger-ui-dist/swagger-ui-es-bundle.js'), import('swagger-ui-dist/swagger-ui.css')])
  if (isGone() || !place.current) return
  SwaggerUI({ url: '/admin/api/openapi.json', domNode: place.current, deepLinking: false, docExpansion: 'none', defaultModelsExpandDepth: -1, persistAuthorization: false, filter: true, tryItOutEnabled: true, validatorUrl: null, onComplete: () => place.current && nameControls(place.current) })
}

/** Names for what the viewer leaves without one, and a way into what scrolls, each time it draws something. */
function mend(root: HTMLElement): () => void {
  const run = () => {
    for (const select of root.querySelectorAll('.servers select:not([aria-label])')) select.setAttribute('aria-label', 'Server')
    for (const button of root.querySelectorAll('.close-modal:not([aria-label])')) button.setAttribute('aria-label', 'Close')
    for (const block of root.querySelectorAll<HTMLElement>('pre.curl:not([tabindex]), .highlight-code pre:not([tabindex]), .responses-inner pre:not([tabindex])')) block.tabIndex = 0
    for (const field of root.querySelectorAll('tr[data-param-name] select:not([aria-label]), tr[data-param-name] input:not([aria-label])')) field.setAttribute('aria-label', field.closest('tr')?.getAttribute('data-param-name') ?? 'Value')
  }
  const observer = new MutationObserver(run)
  observer.observe(root, { childList: true, subtree: true })
  return () => observer.disconnect()
}

/** Swagger UI leaves its choice of servers without a name, and a second main landmark in the page. */
function nameControls(place: HTMLElement): void {
  place.querySelector('#servers')?.setAttribute('aria-label', 'Server')
  place.querySelector('main')?.setAttribute('role', 'presentation')
}
