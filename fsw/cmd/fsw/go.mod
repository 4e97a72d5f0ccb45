module github.com/freeswytch/freeswytch/fsw/cmd/fsw

go 1.25.0

require github.com/freeswytch/freeswytch v0.0.0
