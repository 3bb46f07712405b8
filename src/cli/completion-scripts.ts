/** Shells with completion. */
export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

/** Scripts that ask `skep complete` for what may come. */
export const completionScripts: Readonly<Record<Shell, string>> = {
  bash: `# bash completion of skep: source <(skep completion bash)
_skep() {
  local IFS=$'\\n' words
  words=("\${COMP_WORDS[@]:1:COMP_CWORD}")
  COMPREPLY=($(skep complete -- "\${words[@]}" 2>/dev/null))
  [[ \${#COMPREPLY[@]} -eq 1 && \${COMPREPLY[0]} == */ ]] && compopt -o nospace
}
complete -o default -F _skep skep
`,
  zsh: `#compdef skep
# zsh completion of skep: source <(skep completion zsh)
_skep() {
  local -a found ends
  found=("\${(@f)$(skep complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  ends=(\${(M)found:#*/})
  found=(\${found:#*/})
  (( \${#ends} )) && compadd -S '' -- $ends
  (( \${#found} )) && compadd -- $found
  (( \${#ends} + \${#found} )) || _files
}
compdef _skep skep
`,
  fish: `# fish completion of skep: skep completion fish | source
function __skep_complete
    set -l words (commandline -opc) (commandline -ct)
    skep complete -- $words[2..-1] 2>/dev/null
end
complete -c skep -f -a '(__skep_complete)'
complete -c skep -n 'test -z "$(__skep_complete)"' -F
`,
};
