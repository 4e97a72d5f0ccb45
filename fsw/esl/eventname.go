package esl

// An EventName is the kind of an event, as in its Event-Name header. One that is not
// among the constants is kept as the server sent it; see [EventName.Known].
type EventName string

// The events of FreeSWITCH, in the order of its own list. The constants have no type,
// since they are also wanted where names stand beside CUSTOM subclasses, as in [Events].
const (
	EventCustom                 = "CUSTOM"
	EventClone                  = "CLONE"
	EventChannelCreate          = "CHANNEL_CREATE"
	EventChannelDestroy         = "CHANNEL_DESTROY"
	EventChannelState           = "CHANNEL_STATE"
	EventChannelCallstate       = "CHANNEL_CALLSTATE"
	EventChannelAnswer          = "CHANNEL_ANSWER"
	EventChannelHangup          = "CHANNEL_HANGUP"
	EventChannelHangupComplete  = "CHANNEL_HANGUP_COMPLETE"
	EventChannelExecute         = "CHANNEL_EXECUTE"
	EventChannelExecuteComplete = "CHANNEL_EXECUTE_COMPLETE"
	EventChannelHold            = "CHANNEL_HOLD"
	EventChannelUnhold          = "CHANNEL_UNHOLD"
	EventChannelBridge          = "CHANNEL_BRIDGE"
	EventChannelUnbridge        = "CHANNEL_UNBRIDGE"
	EventChannelProgress        = "CHANNEL_PROGRESS"
	EventChannelProgressMedia   = "CHANNEL_PROGRESS_MEDIA"
	EventChannelOutgoing        = "CHANNEL_OUTGOING"
	EventChannelPark            = "CHANNEL_PARK"
	EventChannelUnpark          = "CHANNEL_UNPARK"
	EventChannelApplication     = "CHANNEL_APPLICATION"
	EventChannelOriginate       = "CHANNEL_ORIGINATE"
	EventChannelUUID            = "CHANNEL_UUID"
	EventAPI                    = "API"
	EventLog                    = "LOG"
	EventInboundChan            = "INBOUND_CHAN"
	EventOutboundChan           = "OUTBOUND_CHAN"
	EventStartup                = "STARTUP"
	EventShutdown               = "SHUTDOWN"
	EventPublish                = "PUBLISH"
	EventUnpublish              = "UNPUBLISH"
	EventTalk                   = "TALK"
	EventNoTalk                 = "NOTALK"
	EventSessionCrash           = "SESSION_CRASH"
	EventModuleLoad             = "MODULE_LOAD"
	EventModuleUnload           = "MODULE_UNLOAD"
	EventDTMF                   = "DTMF"
	EventMessage                = "MESSAGE"
	EventPresenceIn             = "PRESENCE_IN"
	EventNotifyIn               = "NOTIFY_IN"
	EventPresenceOut            = "PRESENCE_OUT"
	EventPresenceProbe          = "PRESENCE_PROBE"
	EventMessageWaiting         = "MESSAGE_WAITING"
	EventMessageQuery           = "MESSAGE_QUERY"
	EventRoster                 = "ROSTER"
	EventCodec                  = "CODEC"
	EventBackgroundJob          = "BACKGROUND_JOB"
	EventDetectedSpeech         = "DETECTED_SPEECH"
	EventDetectedTone           = "DETECTED_TONE"
	EventPrivateCommand         = "PRIVATE_COMMAND"
	EventHeartbeat              = "HEARTBEAT"
	EventTrap                   = "TRAP"
	EventAddSchedule            = "ADD_SCHEDULE"
	EventDelSchedule            = "DEL_SCHEDULE"
	EventExeSchedule            = "EXE_SCHEDULE"
	EventReSchedule             = "RE_SCHEDULE"
	EventReloadXML              = "RELOADXML"
	EventNotify                 = "NOTIFY"
	EventPhoneFeature           = "PHONE_FEATURE"
	EventPhoneFeatureSubscribe  = "PHONE_FEATURE_SUBSCRIBE"
	EventSendMessage            = "SEND_MESSAGE"
	EventRecvMessage            = "RECV_MESSAGE"
	EventRequestParams          = "REQUEST_PARAMS"
	EventChannelData            = "CHANNEL_DATA"
	EventGeneral                = "GENERAL"
	EventCommand                = "COMMAND"
	EventSessionHeartbeat       = "SESSION_HEARTBEAT"
	EventClientDisconnected     = "CLIENT_DISCONNECTED"
	EventServerDisconnected     = "SERVER_DISCONNECTED"
	EventSendInfo               = "SEND_INFO"
	EventRecvInfo               = "RECV_INFO"
	EventRecvRTCPMessage        = "RECV_RTCP_MESSAGE"
	EventSendRTCPMessage        = "SEND_RTCP_MESSAGE"
	EventCallSecure             = "CALL_SECURE"
	EventNAT                    = "NAT"
	EventRecordStart            = "RECORD_START"
	EventRecordStop             = "RECORD_STOP"
	EventPlaybackStart          = "PLAYBACK_START"
	EventPlaybackStop           = "PLAYBACK_STOP"
	EventCallUpdate             = "CALL_UPDATE"
	EventFailure                = "FAILURE"
	EventSocketData             = "SOCKET_DATA"
	EventMediaBugStart          = "MEDIA_BUG_START"
	EventMediaBugStop           = "MEDIA_BUG_STOP"
	EventConferenceDataQuery    = "CONFERENCE_DATA_QUERY"
	EventConferenceData         = "CONFERENCE_DATA"
	EventCallSetupReq           = "CALL_SETUP_REQ"
	EventCallSetupResult        = "CALL_SETUP_RESULT"
	EventCallDetail             = "CALL_DETAIL"
	EventDeviceState            = "DEVICE_STATE"
	EventText                   = "TEXT"
	EventShutdownRequested      = "SHUTDOWN_REQUESTED"
	EventCertReload             = "CERT_RELOAD"

	// EventAll is the name to subscribe to for all events, CUSTOM ones included. No event has it.
	EventAll = "ALL"
)

var eventNames = []string{
	EventCustom, EventClone, EventChannelCreate, EventChannelDestroy, EventChannelState,
	EventChannelCallstate, EventChannelAnswer, EventChannelHangup, EventChannelHangupComplete,
	EventChannelExecute, EventChannelExecuteComplete, EventChannelHold, EventChannelUnhold,
	EventChannelBridge, EventChannelUnbridge, EventChannelProgress, EventChannelProgressMedia,
	EventChannelOutgoing, EventChannelPark, EventChannelUnpark, EventChannelApplication,
	EventChannelOriginate, EventChannelUUID, EventAPI, EventLog, EventInboundChan, EventOutboundChan,
	EventStartup, EventShutdown, EventPublish, EventUnpublish, EventTalk, EventNoTalk,
	EventSessionCrash, EventModuleLoad, EventModuleUnload, EventDTMF, EventMessage, EventPresenceIn,
	EventNotifyIn, EventPresenceOut, EventPresenceProbe, EventMessageWaiting, EventMessageQuery,
	EventRoster, EventCodec, EventBackgroundJob, EventDetectedSpeech, EventDetectedTone,
	EventPrivateCommand, EventHeartbeat, EventTrap, EventAddSchedule, EventDelSchedule,
	EventExeSchedule, EventReSchedule, EventReloadXML, EventNotify, EventPhoneFeature,
	EventPhoneFeatureSubscribe, EventSendMessage, EventRecvMessage, EventRequestParams,
	EventChannelData, EventGeneral, EventCommand, EventSessionHeartbeat, EventClientDisconnected,
	EventServerDisconnected, EventSendInfo, EventRecvInfo, EventRecvRTCPMessage, EventSendRTCPMessage,
	EventCallSecure, EventNAT, EventRecordStart, EventRecordStop, EventPlaybackStart,
	EventPlaybackStop, EventCallUpdate, EventFailure, EventSocketData, EventMediaBugStart,
	EventMediaBugStop, EventConferenceDataQuery, EventConferenceData, EventCallSetupReq,
	EventCallSetupResult, EventCallDetail, EventDeviceState, EventText, EventShutdownRequested,
	EventCertReload, EventAll,
}

// Known reports whether FreeSWITCH has an event of this name, in upper case, or it is
// ALL. A server says nothing about a name that it does not know if another one in the same
// subscription is known.
func (n EventName) Known() bool { return knownEvents[string(n)] }

var knownEvents = setOf(eventNames)

func setOf[S ~string](values []S) map[S]bool {
	m := make(map[S]bool, len(values))
	for _, v := range values {
		m[v] = true
	}
	return m
}
