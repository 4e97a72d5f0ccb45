package esl

// A Direction is that of a call, seen from the server: the Call-Direction header.
// Unknown ones are kept as the server sent them.
type Direction string

// The directions of a call.
const (
	Inbound  Direction = "inbound"  // somebody calls the server
	Outbound Direction = "outbound" // the server calls somebody
)

// Known reports whether it is one of the two directions.
func (d Direction) Known() bool { return d == Inbound || d == Outbound }
