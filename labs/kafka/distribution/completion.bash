# Completion of Kafka's tools: their options (options.bash, made from each tool's --help by scripts/completion.mjs),
# topics of the cluster named on the command line, and files.

# names of topics, asked for at most every five seconds, and given up soon
__kafka_topics() {
  local server=${1%%,*} cache now
  [[ $server =~ ^[A-Za-z0-9.-]+:[0-9]+$ ]] || return
  cache=${XDG_RUNTIME_DIR:-/tmp}/.kafka-topics-$UID-${server//:/-}
  printf -v now '%(%s)T' -1
  if [[ ! -r $cache ]] || ((now - $(stat -c %Y "$cache") > 5)); then
    # a closed port is known at once; the tool itself would try for a minute
    timeout 0.5 bash -c ">/dev/tcp/${server%:*}/${server##*:}" 2>/dev/null || return
    (umask 077 && timeout 4 kafka-topics --bootstrap-server "$server" --list >"$cache.$$" 2>/dev/null) &&
      mv -f "$cache.$$" "$cache"
    rm -f "$cache.$$"
  fi
  [[ -r $cache ]] && cat "$cache"
}

__kafka_complete() {
  local cur prev words cword tool word server=localhost:9092 index
  _get_comp_words_by_ref -n := cur prev words cword
  tool=${1##*/}
  tool=${tool%.sh}
  for ((index = 1; index < ${#words[@]} - 1; index++)); do
    case ${words[index]} in --bootstrap-server | --bootstrap-servers) server=${words[index + 1]} ;; esac
  done
  case $prev in
    --topic | --topics | --include)
      mapfile -t COMPREPLY < <(compgen -W "$(__kafka_topics "$server")" -- "$cur")
      return
      ;;
    --bootstrap-server | --bootstrap-servers | --broker-list)
      mapfile -t COMPREPLY < <(compgen -W localhost:9092 -- "$cur")
      __ltrim_colon_completions "$cur"
      return
      ;;
    --bootstrap-controller)
      mapfile -t COMPREPLY < <(compgen -W localhost:9093 -- "$cur")
      __ltrim_colon_completions "$cur"
      return
      ;;
  esac
  if [[ $cur == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "${__kafka_options[$tool]}" -- "$cur")
  elif ((cword == 1)) && [[ -n ${__kafka_actions[$tool]} ]]; then
    mapfile -t COMPREPLY < <(compgen -W "${__kafka_actions[$tool]}" -- "$cur")
  else
    compopt -o default
    COMPREPLY=()
  fi
}
