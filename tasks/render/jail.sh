#!/bin/sh
# Starts the browser that DOJO_JAIL_BROWSER names, with these arguments, in what `jail.py` found this machine to allow.
#   DOJO_JAIL_NET=1      in a network namespace of its own, where there is no network
#   DOJO_JAIL_USER=name  as a user without rights, to whom the profile is given; only root can
#   DOJO_JAIL_DATA=n     no process of it may have more than n bytes of writable memory
#   DOJO_JAIL_TASKS=n    that user may have no more than n processes and threads
set -eu

if [ "${DOJO_JAIL_USER:-}" ]; then
  for given in "$@"; do
    case $given in
      --user-data-dir=*) HOME=${given#*=} && export HOME && chown -R "$DOJO_JAIL_USER" "$HOME" ;;
    esac
  done
fi

set -- "$DOJO_JAIL_BROWSER" "$@"
if [ "${DOJO_JAIL_USER:-}" ]; then
  group=$(id -g "$DOJO_JAIL_USER")
  set -- prlimit "--nproc=$DOJO_JAIL_TASKS" -- "$@"
  set -- setpriv "--reuid=$DOJO_JAIL_USER" "--regid=$group" --clear-groups --inh-caps=-all -- "$@"
fi
if [ "${DOJO_JAIL_NET:-}" ]; then
  if [ "$(id -u)" = 0 ]; then
    set -- unshare --net -- "$@"
  else
    set -- unshare --user --map-current-user --net -- "$@"
  fi
fi
if [ "${DOJO_JAIL_DATA:-}" ]; then
  set -- prlimit "--data=$DOJO_JAIL_DATA" -- "$@"
fi
exec "$@"
