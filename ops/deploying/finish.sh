# Make a release the one that Compose by hand finds, and forget old ones.
# $1: the directory of the stack; $2: the version; $3: how many releases are kept
cd "$1"
umask 077
release=releases/$2
cp "$release/docker-compose.prod.yml" .docker-compose.prod.yml
cp "$release/.env" ..env
mv .docker-compose.prod.yml docker-compose.prod.yml
mv ..env .env
touch "$release"
ls -1t releases | tail -n "+$(($3 + 1))" | while read -r old; do
    echo "$old"
    docker image rm "demijohn-web:$old" "demijohn-certificates:$old" >/dev/null 2>&1 || :
    rm -rf "releases/$old"
done
# Nginx's images are named by their content; those that no container uses go with the releases.
used=$(sed -n "s/^NGINX_TAG='\(.*\)'$/\1/p" releases/*/.env)
docker image ls --format '{{.Tag}}' demijohn-nginx | while read -r tag; do
    echo "$used" | grep -qx "$tag" || docker image rm "demijohn-nginx:$tag" >/dev/null 2>&1 || :
done
