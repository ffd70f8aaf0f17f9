import { drop, safeHtml, type Drop } from '@/lib/liquid/values'

export type AlertFacts = { id: number; applicationId: number; metric: string; period: string; level: number; value: number; limit: number; readAt: Date | null; createdAt: Date }

/** `alert`: a limit of an application reached a level, in per cent. */
export function alertDrop({ id, applicationId, metric, period, level, value, limit, readAt, createdAt }: AlertFacts): Drop {
  const url = `/admin/applications/${applicationId}/alerts/${id}`
  const message = `${metric} per ${period}: ${value} of ${limit}`
  return drop(
    'alert',
    id,
    {
      level,
      message,
      utilization: limit > 0 ? Math.floor((value * 100) / limit) : 100,
      'unread?': readAt === null,
      state: readAt === null ? 'unread' : 'read',
      read_alert_url: `${url}/read`,
      delete_alert_url: url,
      dom_level: `${level >= 100 ? 'above' : 'below'}-${level}`,
      formatted_level: safeHtml(`&ge;&nbsp;${level}&nbsp;%`),
      timestamp: createdAt.toISOString(),
      created_at: createdAt.toISOString(),
      metric,
      period,
      value,
      limit,
    },
    message,
  )
}
