package fsw

// metric is an index of metricTable.
type metric int

const (
	bytesReceived metric = iota
	bytesSent
	messagesReceived
	eventsReceived
	logLinesReceived
	malformedEvents
	malformedLines
	droppedEvents
	unknownIDs
	misfits
	unexpectedReplies
	commandsSent
	commandsRefused
	commandsLost
	commandsGivenUp
	replyTimes
	jobTimes
	connectionAttempts
	logins
	losses
	switchesNow
	readyNow
	lagMessages
	lagBytes
	lagSeconds
	snapshotTimes
	differences
	faults
	channelsNow
	callsNow
	conferencesNow
	channelsEnded
	metricCount
)

// metricTable describes the metrics. Those that are cells of a Switch, too, are named alike.
var metricTable = [metricCount]struct {
	name  string
	kind  MetricKind
	label string
	help  string
}{
	bytesReceived:      {"fsw_received_bytes_total", MetricCounter, "", "Bytes received from FreeSWITCH."},
	bytesSent:          {"fsw_sent_bytes_total", MetricCounter, "", "Bytes sent to FreeSWITCH."},
	messagesReceived:   {"fsw_messages_total", MetricCounter, "content_type", "Messages applied to the model."},
	eventsReceived:     {"fsw_events_total", MetricCounter, "event", "Events applied to the model, by name, CUSTOM ones by subclass."},
	logLinesReceived:   {"fsw_log_lines_total", MetricCounter, "level", "Log lines of the server."},
	malformedEvents:    {"fsw_malformed_events_total", MetricCounter, "", "Events that could not be read and were dropped."},
	malformedLines:     {"fsw_malformed_lines_total", MetricCounter, "", "Lines of events that were skipped."},
	droppedEvents:      {"fsw_dropped_events_total", MetricCounter, "", "Events and log lines dropped because the model lagged."},
	unknownIDs:         {"fsw_unknown_ids_total", MetricCounter, "", "Events about ids that are no live channel."},
	misfits:            {"fsw_misfits_total", MetricCounter, "", "Values of headers that did not fit the cell they are for."},
	unexpectedReplies:  {"fsw_unexpected_replies_total", MetricCounter, "", "Replies to commands that were never sent."},
	commandsSent:       {"fsw_commands_total", MetricCounter, "command", "Commands sent."},
	commandsRefused:    {"fsw_commands_refused_total", MetricCounter, "command", "Commands answered by -ERR or -USAGE."},
	commandsLost:       {"fsw_commands_lost_total", MetricCounter, "command", "Commands whose connection ended before the reply."},
	commandsGivenUp:    {"fsw_commands_given_up_total", MetricCounter, "command", "Commands whose caller did not wait for the end: timeouts and cancelled contexts."},
	replyTimes:         {"fsw_reply_seconds", MetricTimes, "command", "From sending a command to its reply."},
	jobTimes:           {"fsw_job_seconds", MetricTimes, "command", "From sending a background job to its end."},
	connectionAttempts: {"fsw_connection_attempts_total", MetricCounter, "", "Connections that were tried."},
	logins:             {"fsw_logins_total", MetricCounter, "", "Connections that were let in."},
	losses:             {"fsw_losses_total", MetricCounter, "", "Connections that were lost after a login."},
	switchesNow:        {"fsw_switches", MetricGauge, "", "Switches that are open, be they connected or not."},
	readyNow:           {"fsw_ready", MetricGauge, "", "Switches that are ready: they know what the server knows."},
	lagMessages:        {"fsw_lag_messages", MetricGauge, "", "Messages that wait for the model."},
	lagBytes:           {"fsw_lag_bytes", MetricGauge, "", "Bytes of the messages that wait for the model."},
	lagSeconds:         {"fsw_lag_seconds", MetricGauge, "", "How long the oldest message has been waiting for the model."},
	snapshotTimes:      {"fsw_snapshot_seconds", MetricTimes, "look", "Comparing the model with the server's tables."},
	differences:        {"fsw_differences_total", MetricCounter, "what", "Differences from the server that comparisons have found and mended."},
	faults:             {"fsw_faults_total", MetricCounter, "", "Rules, observers and callbacks that failed."},
	channelsNow:        {"fsw_channels", MetricGauge, "", "Live channels."},
	callsNow:           {"fsw_calls", MetricGauge, "", "Live calls."},
	conferencesNow:     {"fsw_conferences", MetricGauge, "", "Live conferences."},
	channelsEnded:      {"fsw_channels_ended_total", MetricCounter, "cause", "Channels that ended, by cause."},
}
