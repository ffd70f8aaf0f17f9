/** What the app knows of a request before we read it. `path` is path and query as the client sent them. */
export type ManagementFacts = { hostName: string; origin: string; path: string; address: string | null; requestId: string }
