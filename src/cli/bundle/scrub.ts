const masked = '***';

/** Texts that give away a secret, by their own form. */
const forms: readonly RegExp[] = [
  /\bskep[a-z]1_[a-z0-9_]+/g, // tokens, and the secret of peers
  /\bSWMTKN-[\w-]+/g,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[^]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
];

/** `https://user:password@host`: the user and the password. */
const inAddress = /(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/@"']+@/gi;

/** `password=…`, `"DB_TOKEN": "…"`, `authorization: Bearer …`: whatever stands behind such a name. */
const named =
  /((?:pass(?:word|wd|phrase)?|secret|token|api_?key|private_?key|credentials?|authorization|cookie)(?:\\?["'])?\s*[:=]\s*(?:\\?["'])?(?:(?:bearer|basic)\s+)?)(?!["'{[\s,])[^\s"',}\\]+/gi;

/** Returns a text without what looks like a secret. It goes to people who may see everything else of a cluster. */
export function scrubbed(text: string): string {
  const plain = forms.reduce((rest, form) => rest.replace(form, masked), text);
  return plain.replace(inAddress, `$1${masked}@`).replace(named, `$1${masked}`);
}
