module github.com/freeswytch/freeswytch/internal/bench

go 1.25.0

require (
	github.com/cgrates/fsock v0.0.0-20241217115946-62b079e0b9bc
	github.com/fiorix/go-eventsocket v0.0.0-20180331081222-a4a0ee7bd315
	github.com/freeswytch/freeswytch v0.0.0
	github.com/percipia/eslgo v1.5.0
)
