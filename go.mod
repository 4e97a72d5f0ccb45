module github.com/freeswytch/freeswytch

go 1.25.0
