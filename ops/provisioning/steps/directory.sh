# Where a deploy puts what the stack needs.
check() {
    [ "$(stat --format='%U %a' $home)" = "$deployer 750" ]
}

change() {
    install --directory --mode=0750 --owner=$deployer --group=$deployer $home
}
