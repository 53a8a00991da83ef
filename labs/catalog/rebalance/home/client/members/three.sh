#!/bin/bash
# Three members of a group, in the background: three.sh GROUP PROTOCOL. The second takes 5 seconds for its work, and
# comes last: it would take as long to give up what it got alone.
cd "$HOME/members" || exit
bash member.sh "$1" "$2" member-1 200 > "$1-1.log" 2>&1 &
bash member.sh "$1" "$2" member-3 200 > "$1-3.log" 2>&1 &
(sleep 4 && exec bash member.sh "$1" "$2" member-2 5000) > "$1-2.log" 2>&1 &
