package esl

// The content types that mod_event_socket sends. There are no others.
const (
	AuthRequest      = "auth/request"
	CommandReply     = "command/reply"
	APIResponse      = "api/response"
	EventPlain       = "text/event-plain"
	EventJSON        = "text/event-json"
	EventXML         = "text/event-xml"
	LogData          = "log/data"
	DisconnectNotice = "text/disconnect-notice"
	RudeRejection    = "text/rude-rejection"
)

// internType returns b as a string, without allocating if it is a known type.
func internType(b []byte) string {
	switch string(b) {
	case EventPlain:
		return EventPlain
	case CommandReply:
		return CommandReply
	case APIResponse:
		return APIResponse
	case EventJSON:
		return EventJSON
	case LogData:
		return LogData
	case AuthRequest:
		return AuthRequest
	case DisconnectNotice:
		return DisconnectNotice
	case EventXML:
		return EventXML
	case RudeRejection:
		return RudeRejection
	}
	return string(b)
}
