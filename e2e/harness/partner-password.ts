/** Of every partner a walk makes; after a run the server's log must not hold it (KEY-5). */
export const partnerPassword = 'a sentence easy to keep'
