/** Light, dark or the system's choice, kept in a cookie so that the server's first byte is already right. */
export const themeCookie = 'gh-theme'

export type Theme = 'system' | 'light' | 'dark'

export function readTheme(value: string | undefined): Theme {
  return value === 'light' || value === 'dark' ? value : 'system'
}
