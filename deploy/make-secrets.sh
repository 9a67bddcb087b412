#!/bin/sh
# Make the passwords that compose.yml hands to the containers as files, in deploy/secrets/ (or the folder named). What is there stays.
# The folder is closed to other users of the machine; the files in it are readable, because each container has a user of its own.
set -eu
folder=${1:-$(dirname "$0")/secrets}
umask 077
mkdir -p "$folder"

random() { od -An -N"$1" -tx1 /dev/urandom | tr -d ' \n'; }
secret() {
  [ -s "$folder/$1" ] || printf '%s' "$2" > "$folder/$1"
  chmod 0444 "$folder/$1"
}
value() { cat "$folder/$1"; }

secret database_password "$(random 24)"
secret search_password "$(random 24)"
secret queue_password "$(random 24)"
secret files_key "gongkai-$(random 6)"
secret files_secret "$(random 24)"
secret secret_key "$(random 32)"
secret database_url "postgresql://gongkai:$(value database_password)@postgres:5432/gongkai"
secret search_url "http://elastic:$(value search_password)@elasticsearch:9200"
secret queue_url "redis://:$(value queue_password)@valkey:6379/0"
printf 'secrets are in %s\n' "$folder"
