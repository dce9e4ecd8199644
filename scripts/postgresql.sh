# Sourced by with-postgresql and with-replica: servers that live as long as a command.

find_programs() {
    local folder
    for folder in $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -rV) \
        "$(dirname "$(command -v initdb || true)")"; do
        if [ -x "$folder/initdb" ] && [ -x "$folder/pg_ctl" ]; then
            echo "$folder"
            return
        fi
    done
    return 1
}

# A folder for the servers, and who they run as; everything stops and goes when the script ends.
make_folder() {
    programs=$(find_programs) || {
        echo "The server programs of PostgreSQL are not installed." >&2
        exit 1
    }
    folder=$(mktemp -d "${TMPDIR:-/tmp}/waymark-postgresql.XXXXXX")
    as_owner=()
    if [ "$(id -u)" = 0 ]; then
        # PostgreSQL refuses to run as root.
        owner=$(id -un postgres 2>/dev/null || echo nobody)
        as_owner=(setpriv "--reuid=$owner" "--regid=$(id -g "$owner")" --clear-groups env "HOME=$folder")
        chown "$owner" "$folder"
    fi
    trap stop_all EXIT
    trap 'exit 130' INT TERM
}

as_server_owner() { (cd "$folder" && ${as_owner[@]+"${as_owner[@]}"} "$@"); }

stop_all() {
    local data
    for data in "$folder"/*/PG_VERSION; do
        as_server_owner "$programs/pg_ctl" --pgdata "$(dirname "$data")" --mode immediate stop >/dev/null 2>&1 || true
    done
    rm -rf "$folder"
}

free_port() {
    "$(dirname "$0")/../.venv/bin/python" -c \
        'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# make_server NAME PORT: an empty one; what else it is to be goes to its postgresql.conf.
make_server() {
    # Letters beyond ASCII have lower case in the first one only, but not every system has it.
    initialise "$1" C.UTF-8 || initialise "$1" C || {
        cat "$folder/initdb.log" >&2
        exit 1
    }
    # Nothing in it needs to survive a power cut, and no test waits a second to learn of a deadlock.
    cat >>"$folder/$1/postgresql.conf" <<SETTINGS
listen_addresses = '127.0.0.1'
port = $2
unix_socket_directories = ''
fsync = off
full_page_writes = off
deadlock_timeout = 50ms
SETTINGS
}

initialise() {
    as_server_owner "$programs/initdb" --pgdata "$folder/$1" --username waymark --auth trust \
        --encoding UTF8 --locale "$2" --no-sync >"$folder/initdb.log" 2>&1
}

start_server() {
    as_server_owner "$programs/pg_ctl" --pgdata "$folder/$1" --log "$folder/$1.log" --wait start >/dev/null || {
        cat "$folder/$1.log" >&2
        echo "PostgreSQL did not start: see the lines above." >&2
        exit 1
    }
}
