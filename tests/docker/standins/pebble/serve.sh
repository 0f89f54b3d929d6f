#!/bin/sh
# Serves ACME on port 14000. Every name that is to be certified is this container's own by --add-host, and
# what comes to it on port 8080 is handed on to Nginx, wherever that is at the time.
set -eu
socat TCP-LISTEN:8080,bind=127.0.0.1,fork,reuseaddr TCP:nginx:8080 &
exec pebble -config /authority/pebble.json
