// Package bench measures the FreeSWITCH client beside the public Go clients. It
// is a module of its own so that nobody who uses the library downloads those:
//
//	go test -run '^$' -bench Clients ./internal/bench
package bench
