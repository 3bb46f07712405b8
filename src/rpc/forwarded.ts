/** Header that says that a request has been forwarded once already: it is not forwarded again. */
export const forwardedKey = 'skep-forwarded';

/**
 * Header of a forwarded call: the identity that a member asks for. Only a member is believed; the receiver judges that identity
 * again by its own state.
 */
export const onBehalfKey = 'skep-on-behalf-of';

/** Header with the token of a caller that has no certificate: `Bearer skept1_…`. */
export const authorizationKey = 'authorization';
