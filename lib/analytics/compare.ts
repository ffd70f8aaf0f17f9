import type { Change } from '@/lib/metering/usage-totals'

export type Trend = { direction: 'up' | 'down' | 'same' | 'new'; /** `+12 %`, `new`, `unchanged` */ text: string }

/** A number against the one before it, in words where per cent would say nothing: from nothing there is no per cent. */
export function trendOf({ now, before }: Change): Trend {
  if (now === before) return { direction: 'same', text: 'unchanged' }
  if (before === 0) return { direction: 'new', text: 'new' }
  const ratio = now / before
  if (ratio >= 10) return { direction: 'up', text: `${ratio < 100 ? ratio.toFixed(0) : 'over 100'} times` }
  const percent = (ratio - 1) * 100
  const size = Math.abs(percent)
  if (size < 0.1) return { direction: 'same', text: 'about the same' }
  const figure = size < 10 ? String(Number(size.toFixed(1))) : String(Math.round(size))
  return { direction: percent > 0 ? 'up' : 'down', text: `${percent > 0 ? '+' : '−'}${figure} %` }
}

/** As a sentence under a figure: `+12 % against 1,204 in the 7 days before`. */
export function describeTrend(change: Change, beforeWords: string): string {
  const { direction, text } = trendOf(change)
  const before = change.before.toLocaleString('en')
  if (direction === 'same' && change.now !== change.before) return `about as many as ${beforeWords}`
  if (direction === 'same') return change.now === 0 ? `none ${beforeWords} either` : `as many as ${beforeWords}`
  if (direction === 'new') return `none ${beforeWords}`
  return text.endsWith('times') ? `${text} the ${before} ${beforeWords}` : `${text} against ${before} ${beforeWords}`
}

/** `12 %`, `3.4 %`, `<0.1 %`, a dash for nothing. */
export function shareOf(part: number, whole: number): string {
  if (part === 0 || whole === 0) return '—'
  const share = (part / whole) * 100
  return share < 0.1 ? '<0.1 %' : `${share < 10 ? Number(share.toFixed(1)) : Math.round(share)} %`
}
