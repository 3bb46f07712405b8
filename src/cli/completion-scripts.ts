/** Shells with completion. */
export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

/**
 * Scripts that ask `skep complete` for what may come. bash splits words at `:` and `=` too, and replaces only what stands
 * behind the last of them: so its script splits the line itself, and takes the part before off again.
 */
export const completionScripts: Readonly<Record<Shell, string>> = {
  bash: `# bash completion of skep: source <(skep completion bash)
_skep() {
  local words last one breaks head=
  read -ra words <<< "\${COMP_LINE:0:COMP_POINT}"
  [[ \${COMP_LINE:0:COMP_POINT} == *[[:space:]] ]] && words+=('')
  last=\${words[\${#words[@]}-1]}
  breaks=\${COMP_WORDBREAKS//[^:=]/}
  [[ $breaks ]] && head=\${last%"\${last##*["$breaks"]}"}
  COMPREPLY=()
  while IFS= read -r one; do
    COMPREPLY+=("\${one#"$head"}")
  done < <(skep complete -- "\${words[@]:1}" 2>/dev/null)
  [[ \${#COMPREPLY[@]} -eq 1 && \${COMPREPLY[0]} == */ ]] && compopt -o nospace 2>/dev/null
  return 0
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
