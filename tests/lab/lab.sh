# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# tests/lab/lab.sh: sourced by tests that run under with-hosts.  HOST is src
# or dst.  Every wait has a limit, and none is a sleep.

# Scripts for the hosts are in single quotes on purpose.
# shellcheck disable=SC2016

lab_top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

# lab_run HOST SCRIPT [ARGUMENT...]: runs a bash script on a host, at most
# LAB_TIMEOUT seconds (600).  Standard input, output and error are passed
# through; the status is the script's, or 124 when the time is over.
lab_run() {
    local host=$1 script=$2 limit=${LAB_TIMEOUT:-600} words
    shift 2
    words="exec timeout -k 2 $limit bash -c ${script@Q} lab"
    if (($# > 0)); then
        words+=" ${*@Q}"
    fi
    # The outer limit is for a host that does not answer any more.
    timeout --foreground -k 2 $((limit + 10)) \
        ssh -F "$LAB_RUN/ssh_config" "$host" "$words"
}

# lab_create HOST KIND NAME [OPTIONS [SETTING...]]: makes a tiny guest of
# 4 MiB, pv, pvh or hvm, waits until it ticks, and prints its domain id.
# OPTIONS: one argument, see guest/options.c; an hvm guest, which hosts have to
# be booted for with -h, has none.  A SETTING is a line for xl, say vcpus=2.
lab_create() {
    local settings=("extra=\"${4:-}\"")
    if [[ $2 == hvm ]]; then
        lab_disk "$3" || return
        settings=("disk=[\"vdev=hda,backendtype=qdisk,target=/tmp/$3.disk\"]"
            "device_model_args_hvm=[\"-chardev\",\"file,id=com1,append=on,$(
            )path=/var/log/xen/guest-$3.log\",\"-serial\",\"chardev:com1\"]")
    fi
    lab_run "$1" '
        xl create -q "/root/$1.cfg" "name=\"$2\"" "${@:3}" >&2 &&
            lab-await "$2" TINY-TICK && xl domid "$2"' \
        "$2" "$3" "${settings[@]}" "${@:5}" < /dev/null
}

# lab_create_full HOST KIND NAME [OPTIONS [SETTING...]]: the same, of a pv or
# pvh guest that has a disk, xvda, and a network card on the bridge xenbr0.
lab_create_full() {
    lab_disk "$3" && lab_create "${@:1:3}" "${4:-}" \
        "disk=[\"vdev=xvda,target=/tmp/$3.disk\"]" 'vif=["bridge=xenbr0"]' \
        "${@:5}"
}

# lab_disk NAME: makes a disk on every host, /tmp/NAME.disk.  What is written
# to it does not move with a guest.
lab_disk() {
    local host
    for host in $LAB_HOSTS; do
        lab_run "$host" 'lab-disk "$1"' "$1" < /dev/null || return
    done
}

# lab_await HOST NAME REGEX [SECONDS]: waits until the guest's console has a
# line that matches; at most 300 seconds.
lab_await() {
    lab_run "$1" 'lab-await "$@"' "${@:2}" < /dev/null
}

# lab_await_ticks HOST NAME [COUNT [SECONDS]]: waits until the guest has
# ticked COUNT times more (3).
lab_await_ticks() {
    lab_run "$1" 'lab-await "$1" TINY-TICK "$3" "$2"' \
        "$2" "${3:-3}" "${4:-300}" < /dev/null
}

# lab_console HOST NAME: prints what the guest has written.
lab_console() {
    lab_run "$1" 'cat "/var/log/xen/guest-$1.log"' "$2" < /dev/null
}

# lab_freeze HOST DAEMON: xenstored or xenconsoled answers nobody, as if it
# were slow, until it is thawed.  lab_run, lab_await and what guests do but for
# xenstore go on; a guest's console stands with xenconsoled.
lab_freeze() {
    lab_run "$1" 'kill -STOP "$(< "/run/$1.pid")"' "$2" < /dev/null
}

# lab_thaw HOST DAEMON: undoes it; lab_reset does so too.
lab_thaw() {
    lab_run "$1" 'kill -CONT "$(< "/run/$1.pid")"' "$2" < /dev/null
}

# lab_stop HOST: the whole host stands still, as one whose power is cut, to
# all others.  lab_go_on HOST: it knows nothing of it.
lab_stop() {
    kill -STOP "$(< "$LAB_RUN/$1.pid")"
}
lab_go_on() {
    kill -CONT "$(< "$LAB_RUN/$1.pid")"
}

# lab_reset: destroys all guests of all hosts and what they leave.
lab_reset() {
    local host
    for host in $LAB_HOSTS; do
        lab_run "$host" lab-reset < /dev/null || return
    done
}

# lab_install: takes the tools to the hosts again: those named in TOOLS, or
# build's executables and the pipelines.
lab_install() {
    local host
    lab_stage
    for host in $LAB_HOSTS; do
        lab_run "$host" lab-install < /dev/null || return
    done
}

# lab_stage: fills the directory that the hosts share with this machine.
lab_stage() {
    local share=$LAB_RUN/share tool
    rm -rf "${share:?}"/{bin,lib}
    mkdir -p "$share"/{bin,lib}
    lab_tools | while read -r tool; do
        cp "$tool" "$share/bin"
        { ldd "$tool" 2> /dev/null || true; } |
            awk '$2 == "=>" && $3 ~ "^/" { print $3 }'
    done | sort -u | while read -r tool; do
        cp -L "$tool" "$share/lib"
    done
}

lab_tools() {
    if [[ -n ${TOOLS:-} ]]; then
        # shellcheck disable=SC2086 # TOOLS is a list of words
        printf '%s\n' $TOOLS
    else
        # Before the first make there is no build directory.
        find "$lab_top"/{build,pipelines} -maxdepth 1 -type f -perm -u+x \
            2> /dev/null || true
    fi
}
