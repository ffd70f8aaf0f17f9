import type { Period } from '@/lib/metering/periods'

/** In the order of their length, as screens say them: "15 a minute", "100 a month", "1,000 in total". */
export const periodOptions: { value: Period; label: string; phrase: string }[] = [
  { value: 'minute', label: 'Minute', phrase: 'a minute' },
  { value: 'hour', label: 'Hour', phrase: 'an hour' },
  { value: 'day', label: 'Day', phrase: 'a day' },
  { value: 'week', label: 'Week', phrase: 'a week' },
  { value: 'month', label: 'Month', phrase: 'a month' },
  { value: 'year', label: 'Year', phrase: 'a year' },
  { value: 'eternity', label: 'Eternity', phrase: 'in total' },
]

export function periodPhrase(period: Period): string {
  return periodOptions.find((option) => option.value === period)?.phrase ?? period
}
