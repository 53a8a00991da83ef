# Read by interactive shells.
[[ $- == *i* ]] || return

HISTSIZE=10000
HISTFILESIZE=10000
HISTCONTROL=ignoredups
shopt -s histappend checkwinsize

alias ls='ls --color=auto'
alias ll='ls -l'
alias grep='grep --color=auto'
export LESS=-R
export EDITOR=nano

if [[ -r /usr/share/bash-completion/bash_completion ]]; then
  . /usr/share/bash-completion/bash_completion
  [[ -r /opt/kafka/completion.bash ]] && . /opt/kafka/completion.bash
fi

# Marks that tell the terminal where a prompt, a command and its output begin (OSC 133), what the command is (OSC 633;E,
# as VS Code has it) and how it ended. They are invisible.
__kraftlab_command() {
  [[ $(builtin history 1) =~ ^\ *[0-9]+[*\ ]\ (.*)$ ]] || return
  local text=${BASH_REMATCH[1]}
  text=${text//\\/\\\\}
  text=${text//;/\\x3b}
  text=${text//$'\n'/\\x0a}
  text=${text//$'\e'/\\x1b}
  text=${text//$'\a'/\\x07}
  printf '\e]633;E;%s\a' "$text"
}
__kraftlab_prompt() {
  local status=$?
  # an empty line is no command
  if [[ -n $__kraftlab_ran ]]; then
    printf '\e]133;D;%s\a' "$status"
    __kraftlab_ran=
  fi
  return "$status"
}
__kraftlab_ran=
PROMPT_COMMAND=(__kraftlab_prompt)
# the index is only there to be evaluated in this shell, where a command substitution could set nothing
PS0='$(__kraftlab_command)\e]133;C\a${__kraftlab_none[$((__kraftlab_ran=1,0))]}'
PS1='\[\e]133;A\a\]\[\e[1;32m\]\u@\h\[\e[0m\]:\[\e[1;34m\]\w\[\e[0m\]\$ \[\e]133;B\a\]'
PS2='> '
