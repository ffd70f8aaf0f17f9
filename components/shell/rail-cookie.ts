/** Whether the rail is folded; kept in a cookie so that it does not jump while the page loads. */
export const railCookie = 'gh-rail'
