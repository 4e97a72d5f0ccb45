package fsw

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/freeswytch/freeswytch/fsw/esl"
)

// framed returns the message that a server would send.
func framed(t *testing.T, contentType, body string) esl.Message {
	f := esl.NewFramer(esl.Limits{})
	f.Feed(fmt.Appendf(nil, "Content-Length: %d\nContent-Type: %s\n\n%s", len(body), contentType, body))
	m, ok, err := f.Next()
	if !ok || err != nil {
		t.Fatal(err)
	}
	return m
}

// What is dropped is told, also if nothing comes after it: the model is stale at once, not
// at the next event, and no loss is forgotten.
func TestInboxTellsALossThatNothingFollows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var b inbox
		b.init(1000, new(awaited))
		stop := make(chan struct{})
		type result struct {
			n, lost int
			err     error
		}
		var told []result
		go func() {
			for {
				ms, _, lost, err := b.take(stop, 1)
				told = append(told, result{len(ms), lost, err})
				if err != nil {
					return
				}
			}
		}()
		end := errors.New("the end")
		_ = b.add(framed(t, esl.EventPlain, "Event-Name: TRAP\n"+strings.Repeat("x", 2000)), time.Now())
		synctest.Wait()
		if len(told) != 1 || told[0] != (result{lost: 1}) {
			t.Errorf("%+v", told)
		}
		b.end(end)
		synctest.Wait()
		if len(told) != 2 || told[1] != (result{err: end}) {
			t.Errorf("%+v", told)
		}
		close(stop)
	})
}
