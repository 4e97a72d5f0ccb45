package esl

// A HangupCause is why a channel was hung up, such as NORMAL_CLEARING, or why it
// could not be originated. Unknown ones are kept as the server sent them; empty is none.
type HangupCause string

// The hang-up causes of FreeSWITCH. The first group has codes of Q.850.
const (
	CauseNone                        HangupCause = "NONE"
	CauseUnallocatedNumber           HangupCause = "UNALLOCATED_NUMBER"
	CauseNoRouteTransitNet           HangupCause = "NO_ROUTE_TRANSIT_NET"
	CauseNoRouteDestination          HangupCause = "NO_ROUTE_DESTINATION"
	CauseChannelUnacceptable         HangupCause = "CHANNEL_UNACCEPTABLE"
	CauseCallAwardedDelivered        HangupCause = "CALL_AWARDED_DELIVERED"
	CauseNormalClearing              HangupCause = "NORMAL_CLEARING"
	CauseUserBusy                    HangupCause = "USER_BUSY"
	CauseNoUserResponse              HangupCause = "NO_USER_RESPONSE"
	CauseNoAnswer                    HangupCause = "NO_ANSWER"
	CauseSubscriberAbsent            HangupCause = "SUBSCRIBER_ABSENT"
	CauseCallRejected                HangupCause = "CALL_REJECTED"
	CauseNumberChanged               HangupCause = "NUMBER_CHANGED"
	CauseRedirectionToNewDestination HangupCause = "REDIRECTION_TO_NEW_DESTINATION"
	CauseExchangeRoutingError        HangupCause = "EXCHANGE_ROUTING_ERROR"
	CauseDestinationOutOfOrder       HangupCause = "DESTINATION_OUT_OF_ORDER"
	CauseInvalidNumberFormat         HangupCause = "INVALID_NUMBER_FORMAT"
	CauseFacilityRejected            HangupCause = "FACILITY_REJECTED"
	CauseResponseToStatusEnquiry     HangupCause = "RESPONSE_TO_STATUS_ENQUIRY"
	CauseNormalUnspecified           HangupCause = "NORMAL_UNSPECIFIED"
	CauseNormalCircuitCongestion     HangupCause = "NORMAL_CIRCUIT_CONGESTION"
	CauseNetworkOutOfOrder           HangupCause = "NETWORK_OUT_OF_ORDER"
	CauseNormalTemporaryFailure      HangupCause = "NORMAL_TEMPORARY_FAILURE"
	CauseSwitchCongestion            HangupCause = "SWITCH_CONGESTION"
	CauseAccessInfoDiscarded         HangupCause = "ACCESS_INFO_DISCARDED"
	CauseRequestedChanUnavail        HangupCause = "REQUESTED_CHAN_UNAVAIL"
	CausePreEmpted                   HangupCause = "PRE_EMPTED"
	CauseFacilityNotSubscribed       HangupCause = "FACILITY_NOT_SUBSCRIBED"
	CauseOutgoingCallBarred          HangupCause = "OUTGOING_CALL_BARRED"
	CauseIncomingCallBarred          HangupCause = "INCOMING_CALL_BARRED"
	CauseBearercapabilityNotauth     HangupCause = "BEARERCAPABILITY_NOTAUTH"
	CauseBearercapabilityNotavail    HangupCause = "BEARERCAPABILITY_NOTAVAIL"
	CauseServiceUnavailable          HangupCause = "SERVICE_UNAVAILABLE"
	CauseBearercapabilityNotimpl     HangupCause = "BEARERCAPABILITY_NOTIMPL"
	CauseChanNotImplemented          HangupCause = "CHAN_NOT_IMPLEMENTED"
	CauseFacilityNotImplemented      HangupCause = "FACILITY_NOT_IMPLEMENTED"
	CauseServiceNotImplemented       HangupCause = "SERVICE_NOT_IMPLEMENTED"
	CauseInvalidCallReference        HangupCause = "INVALID_CALL_REFERENCE"
	CauseIncompatibleDestination     HangupCause = "INCOMPATIBLE_DESTINATION"
	CauseInvalidMsgUnspecified       HangupCause = "INVALID_MSG_UNSPECIFIED"
	CauseMandatoryIEMissing          HangupCause = "MANDATORY_IE_MISSING"
	CauseMessageTypeNonexist         HangupCause = "MESSAGE_TYPE_NONEXIST"
	CauseWrongMessage                HangupCause = "WRONG_MESSAGE"
	CauseIENonexist                  HangupCause = "IE_NONEXIST"
	CauseInvalidIEContents           HangupCause = "INVALID_IE_CONTENTS"
	CauseWrongCallState              HangupCause = "WRONG_CALL_STATE"
	CauseRecoveryOnTimerExpire       HangupCause = "RECOVERY_ON_TIMER_EXPIRE"
	CauseMandatoryIELengthError      HangupCause = "MANDATORY_IE_LENGTH_ERROR"
	CauseProtocolError               HangupCause = "PROTOCOL_ERROR"
	CauseInterworking                HangupCause = "INTERWORKING"

	CauseSuccess                HangupCause = "SUCCESS"
	CauseOriginatorCancel       HangupCause = "ORIGINATOR_CANCEL"
	CauseCrash                  HangupCause = "CRASH"
	CauseSystemShutdown         HangupCause = "SYSTEM_SHUTDOWN"
	CauseLoseRace               HangupCause = "LOSE_RACE"
	CauseManagerRequest         HangupCause = "MANAGER_REQUEST"
	CauseBlindTransfer          HangupCause = "BLIND_TRANSFER"
	CauseAttendedTransfer       HangupCause = "ATTENDED_TRANSFER"
	CauseAllottedTimeout        HangupCause = "ALLOTTED_TIMEOUT"
	CauseUserChallenge          HangupCause = "USER_CHALLENGE"
	CauseMediaTimeout           HangupCause = "MEDIA_TIMEOUT"
	CausePickedOff              HangupCause = "PICKED_OFF"
	CauseUserNotRegistered      HangupCause = "USER_NOT_REGISTERED"
	CauseProgressTimeout        HangupCause = "PROGRESS_TIMEOUT"
	CauseInvalidGateway         HangupCause = "INVALID_GATEWAY"
	CauseGatewayDown            HangupCause = "GATEWAY_DOWN"
	CauseInvalidURL             HangupCause = "INVALID_URL"
	CauseInvalidProfile         HangupCause = "INVALID_PROFILE"
	CauseNoPickup               HangupCause = "NO_PICKUP"
	CauseSRTPReadError          HangupCause = "SRTP_READ_ERROR"
	CauseBowout                 HangupCause = "BOWOUT"
	CauseBusyEverywhere         HangupCause = "BUSY_EVERYWHERE"
	CauseDecline                HangupCause = "DECLINE"
	CauseDoesNotExistAnywhere   HangupCause = "DOES_NOT_EXIST_ANYWHERE"
	CauseNotAcceptable          HangupCause = "NOT_ACCEPTABLE"
	CauseUnwanted               HangupCause = "UNWANTED"
	CauseNoIdentity             HangupCause = "NO_IDENTITY"
	CauseBadIdentityInfo        HangupCause = "BAD_IDENTITY_INFO"
	CauseUnsupportedCertificate HangupCause = "UNSUPPORTED_CERTIFICATE"
	CauseInvalidIdentity        HangupCause = "INVALID_IDENTITY"
	CauseStaleDate              HangupCause = "STALE_DATE"
	CauseRejectAll              HangupCause = "REJECT_ALL"
)

var hangupCauses = map[HangupCause]int{
	CauseNone: 0, CauseUnallocatedNumber: 1, CauseNoRouteTransitNet: 2, CauseNoRouteDestination: 3,
	CauseChannelUnacceptable: 6, CauseCallAwardedDelivered: 7, CauseNormalClearing: 16,
	CauseUserBusy: 17, CauseNoUserResponse: 18, CauseNoAnswer: 19, CauseSubscriberAbsent: 20,
	CauseCallRejected: 21, CauseNumberChanged: 22, CauseRedirectionToNewDestination: 23,
	CauseExchangeRoutingError: 25, CauseDestinationOutOfOrder: 27, CauseInvalidNumberFormat: 28,
	CauseFacilityRejected: 29, CauseResponseToStatusEnquiry: 30, CauseNormalUnspecified: 31,
	CauseNormalCircuitCongestion: 34, CauseNetworkOutOfOrder: 38, CauseNormalTemporaryFailure: 41,
	CauseSwitchCongestion: 42, CauseAccessInfoDiscarded: 43, CauseRequestedChanUnavail: 44,
	CausePreEmpted: 45, CauseFacilityNotSubscribed: 50, CauseOutgoingCallBarred: 52,
	CauseIncomingCallBarred: 54, CauseBearercapabilityNotauth: 57, CauseBearercapabilityNotavail: 58,
	CauseServiceUnavailable: 63, CauseBearercapabilityNotimpl: 65, CauseChanNotImplemented: 66,
	CauseFacilityNotImplemented: 69, CauseServiceNotImplemented: 79, CauseInvalidCallReference: 81,
	CauseIncompatibleDestination: 88, CauseInvalidMsgUnspecified: 95, CauseMandatoryIEMissing: 96,
	CauseMessageTypeNonexist: 97, CauseWrongMessage: 98, CauseIENonexist: 99,
	CauseInvalidIEContents: 100, CauseWrongCallState: 101, CauseRecoveryOnTimerExpire: 102,
	CauseMandatoryIELengthError: 103, CauseProtocolError: 111, CauseInterworking: 127,
	CauseSuccess: otherQ850, CauseOriginatorCancel: otherQ850, CauseCrash: otherQ850,
	CauseSystemShutdown: otherQ850, CauseLoseRace: otherQ850, CauseManagerRequest: otherQ850,
	CauseBlindTransfer: otherQ850, CauseAttendedTransfer: otherQ850, CauseAllottedTimeout: otherQ850,
	CauseUserChallenge: otherQ850, CauseMediaTimeout: otherQ850, CausePickedOff: otherQ850,
	CauseUserNotRegistered: otherQ850, CauseProgressTimeout: otherQ850,
	CauseInvalidGateway: otherQ850, CauseGatewayDown: otherQ850, CauseInvalidURL: otherQ850,
	CauseInvalidProfile: otherQ850, CauseNoPickup: otherQ850, CauseSRTPReadError: otherQ850,
	CauseBowout: otherQ850, CauseBusyEverywhere: otherQ850, CauseDecline: otherQ850,
	CauseDoesNotExistAnywhere: otherQ850, CauseNotAcceptable: otherQ850, CauseUnwanted: otherQ850,
	CauseNoIdentity: otherQ850, CauseBadIdentityInfo: otherQ850,
	CauseUnsupportedCertificate: otherQ850, CauseInvalidIdentity: otherQ850,
	CauseStaleDate: otherQ850, CauseRejectAll: otherQ850,
}

// otherQ850 is what the server says of a cause that Q.850 does not have: normal clearing.
const otherQ850 = 16

// Known reports whether FreeSWITCH has this cause. To a server any other means
// NORMAL_CLEARING, but for numbers and for another case of the letters.
func (c HangupCause) Known() bool {
	_, ok := hangupCauses[c]
	return ok
}

// Q850 returns the code of Q.850 for the cause, as the server puts it into the variable
// hangup_cause_q850: causes of FreeSWITCH's own, such as ORIGINATOR_CANCEL, are 16 there.
// It is false for a cause that is not known.
func (c HangupCause) Q850() (code int, ok bool) {
	code, ok = hangupCauses[c]
	return code, ok
}
