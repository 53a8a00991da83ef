source $VIMRUNTIME/defaults.vim
" the mouse selects text for copying, as elsewhere in the terminal
set mouse=
set expandtab shiftwidth=4 softtabstop=4
set background=dark
