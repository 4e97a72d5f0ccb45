package fsw

import (
	"crypto/rand"
	"encoding/hex"
	"strings"
	"time"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw/esl"
)

// Job is an API command that the server runs in the background.
type Job struct {
	ID      string // its Job-UUID
	Command string
	at      time.Time // when it was sent, if that is counted
	callbackOf
}

// SendBgAPI transmits an API command that the server runs in the background.
// callback is called with its output when it has ended, or with the refusal if
// the server does not start it. The server chooses the job's id. The error is as with
// SendCommand, or a *PermissionError if the user may not have BACKGROUND_JOB events, without
// which nobody would hear of the end.
func (sw *Switch) SendBgAPI(tx cell.Tx, cmdline string, callback Callback) error {
	if err := sw.mayHearOfJobs(tx.Reader); err != nil {
		return err
	}
	job := &Job{Command: cmdline, at: sw.sentAt(), callbackOf: callbackOf{of: "bgapi " + cmdline, call: callback}}
	return sw.send(tx, esl.BgAPI(cmdline, ""), func(tx cell.Tx, r Reply) {
		id, ok := strings.CutPrefix(r.Text, "+OK Job-UUID: ")
		if !ok {
			sw.queue(tx, &job.callbackOf, r)
			return
		}
		job.ID = strings.TrimSpace(id)
		sw.BackgroundJobs.Set(tx, job.ID, job)
	})
}

// sendJob is SendBgAPI with an id of our own, known before the server answers.
func (sw *Switch) sendJob(tx cell.Tx, cmdline string, callback Callback) (id string, err error) {
	if err := sw.mayHearOfJobs(tx.Reader); err != nil {
		return "", err
	}
	job := &Job{ID: newUUID(), Command: cmdline, at: sw.sentAt(), callbackOf: callbackOf{of: "bgapi " + cmdline, call: callback}}
	err = sw.send(tx, esl.BgAPI(cmdline, job.ID), func(tx cell.Tx, r Reply) {
		if r.Err != nil || !strings.HasPrefix(r.Text, "+OK") {
			if sw.BackgroundJobs.Delete(tx, job.ID) {
				sw.queue(tx, &job.callbackOf, r)
			}
		}
	})
	if err == nil {
		sw.BackgroundJobs.Set(tx, job.ID, job)
	}
	return job.ID, err
}

// jobDone hands the output of a job to whoever asked for it. Jobs of other
// connections are announced to everybody.
func (sw *Switch) jobDone(tx cell.Tx, ev *esl.Event) {
	id := ev.Value("Job-UUID")
	job, ok := sw.BackgroundJobs.Peek(tx.Reader, id)
	if !ok {
		return
	}
	sw.BackgroundJobs.Delete(tx, id)
	sw.countJob(tx, job)
	sw.queue(tx, &job.callbackOf, Reply{Text: ev.Body(), Event: ev})
}

// newUUID returns a random (version 4) UUID.
func newUUID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	var s [uuidSize]byte
	hex.Encode(s[0:8], b[0:4])
	hex.Encode(s[9:13], b[4:6])
	hex.Encode(s[14:18], b[6:8])
	hex.Encode(s[19:23], b[8:10])
	hex.Encode(s[24:36], b[10:16])
	s[8], s[13], s[18], s[23] = '-', '-', '-', '-'
	return string(s[:])
}
