/** Node's options for `server.ts` and `dist/server.js`. */
export const serverOptions: string[]
