package traffic

import "strings"

// layout is the text of an event, with fields in it.
type layout []piece

// piece is some text, and the field behind it.
type piece struct {
	text  string
	field string
}

// layouts are those of the events about channels, by their names. Which headers an
// event has is as recorded.
var layouts = func() map[string]layout {
	all := map[string]layout{}
	for name, parts := range map[string][]string{
		"CODEC":                    {channelHeaders},
		"CHANNEL_STATE":            {channelHeaders, callerHeaders},
		"CHANNEL_CALLSTATE":        {originalState, channelHeaders, callerHeaders},
		"CHANNEL_OUTGOING":         {channelHeaders, callerHeaders, otherHeaders},
		"CHANNEL_CREATE":           {channelHeaders, callerHeaders, firstVariables},
		"CHANNEL_PROGRESS":         {channelHeaders, callerHeaders, otherHeaders, firstVariables},
		"CHANNEL_ANSWER":           {channelHeaders, callerHeaders, otherHeaders, firstVariables, mediaVariables},
		"CHANNEL_EXECUTE":          {channelHeaders, callerHeaders, firstVariables, applicationHeaders},
		"CHANNEL_EXECUTE_COMPLETE": {channelHeaders, callerHeaders, firstVariables, applicationHeaders, applicationEnd},
		"CHANNEL_BRIDGE":           {bridgeHeaders, channelHeaders, callerHeaders, otherHeaders, firstVariables, mediaVariables},
		"CHANNEL_UNBRIDGE":         {bridgeHeaders, channelHeaders, callerHeaders, otherHeaders, firstVariables, mediaVariables},
		"CALL_UPDATE":              {updateHeaders, channelHeaders, callerHeaders, otherHeaders, firstVariables, mediaVariables},
		"CHANNEL_HOLD":             {channelHeaders, callerHeaders, otherHeaders, firstVariables, mediaVariables},
		"CHANNEL_UNHOLD":           {channelHeaders, callerHeaders, otherHeaders, firstVariables, mediaVariables},
		"DTMF":                     {digitHeaders, channelHeaders, callerHeaders},
		"CHANNEL_HANGUP":           {hangupHeaders, channelHeaders, callerHeaders, otherHeaders, firstVariables, mediaVariables},
		"CHANNEL_HANGUP_COMPLETE":  {hangupHeaders, channelHeaders, callerHeaders, otherHeaders, firstVariables, mediaVariables, lastVariables},
		"CHANNEL_DESTROY":          {channelHeaders, callerHeaders, otherHeaders, firstVariables, mediaVariables, lastVariables},
	} {
		all[name] = makeLayout(name, parts...)
	}
	return all
}()

var (
	heartbeat = makeLayout("HEARTBEAT", heartbeatHeaders)
	register  = makeLayout("CUSTOM", registerHeaders)
)

// makeLayout cuts the text of an event at its fields: {name}.
func makeLayout(event string, parts ...string) (l layout) {
	text := strings.ReplaceAll(serverHeaders+strings.Join(parts, ""), "{event}", event) + "\n"
	for text != "" {
		before, rest, _ := strings.Cut(text, "{")
		field, after, _ := strings.Cut(rest, "}")
		l = append(l, piece{before, field})
		text = after
	}
	return l
}
