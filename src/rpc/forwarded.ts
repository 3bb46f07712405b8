/** Header that says that a request has been forwarded once already: it is not forwarded again. */
export const forwardedKey = 'skep-forwarded';
