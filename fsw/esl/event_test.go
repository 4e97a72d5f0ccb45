package esl

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"
	"unsafe"

	"github.com/freeswytch/freeswytch/internal/captures"
	"pgregory.net/rapid"
)

func TestEventFields(t *testing.T) {
	e := mustPlain(t, lines("Event-Subclass: sofia%3A%3Aregister", "Event-Name: CUSTOM", "Unique-ID: u-1",
		"Event-Sequence: 4213", "Event-Date-Timestamp: 1795371494438213", "Content-Length: 2", "", "ab"))
	if got, want := e.String(), "CUSTOM sofia::register #4213 u-1 (6 headers, body of 3 bytes)"; got != want {
		t.Errorf("String is %q, want %q", got, want)
	}
	if at, ok := e.Timestamp(); !ok || !at.Equal(time.Date(2026, 11, 22, 18, 18, 14, 438213000, time.UTC)) {
		t.Errorf("Timestamp is %v, %v", at.UTC(), ok)
	}
	if _, ok := mustPlain(t, "Event-Sequence: x\n\n").Sequence(); ok {
		t.Error("x is a number")
	}
	if got := (*Event)(nil).String(); got != "<nil>" {
		t.Errorf("nil is %q", got)
	}
	for range e.All() {
		break // All stops when it is told to
	}
	// A subclass that is not known beforehand.
	if got := mustPlain(t, "Event-Subclass: a%3A%3Ab\n\n").Subclass(); got != "a::b" {
		t.Errorf("Subclass is %q", got)
	}
}

func TestNewEvent(t *testing.T) {
	for want, e := range map[string]*Event{
		"Event-Name: X\n\n":                                      NewEvent("X"),
		"Event-Name: X\na: b%20c\na: _undef_\n\n":                NewEvent("X", "a", "b c", "a", ""),
		"Event-Subclass: c%3A%3Ad\nEvent-Name: CUSTOM\na: b\n\n": NewEvent("CUSTOM", "a", "b", "event-subclass", "c::d").rename(),
		"Event-Name: CUSTOM\n\n":                                 NewEvent("CUSTOM"),
		"a: b\n\n":                                               NewEvent("", "a", "b"),
		"Event-Name: X\nContent-Length: 2\n\né":                  NewEvent("X").WithBody("é"),
		"Event-Name: X\na: ARRAY%3A%3Ax%7C%3Ay\n\n":              NewEvent("X").With("a", "ARRAY::x|:y"),
		"Event-Name: X\na: b\nContent-Length: 1\n\nz":            NewEvent("X").WithBody("yy").With("a", "b").WithBody("z"),
		"Event-Name: Y\n\n":                                      NewEvent("Y").WithBody("x").WithBody(""),
	} {
		if got := string(e.AppendPlain(nil)); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	odd := oddPairs()
	for name, f := range map[string]func(){
		"NewEvent":     func() { NewEvent("X", odd...) },
		"With":         func() { NewEvent("X").With(odd...) },
		"ConnectReply": func() { ConnectReply(NewEvent("X"), odd...) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s did not panic at an odd number of names and values", name)
				}
			}()
			f()
		}()
	}
}

// rename spells Event-Subclass the usual way, which shows that it was found.
func (e *Event) rename() *Event {
	var hs []Header
	for n, v := range e.All() {
		if equalFold(n, "Event-Subclass") {
			n = "Event-Subclass"
		}
		hs = append(hs, Header{n, v})
	}
	return build(hs, "")
}

func TestEventEqual(t *testing.T) {
	a := NewEvent("X", "a", "b c")
	if !a.Equal(mustPlain(t, "Event-Name: X\na: b%20c\n\n")) || !a.Equal(mustJSON(t, `{"Event-Name":"X","a":"b c"}`)) {
		t.Error("the encoding matters")
	}
	for _, b := range []*Event{
		nil, NewEvent("X"), NewEvent("X", "a", "b"), NewEvent("X", "A", "b c"), NewEvent("X", "a", "b c", "d", "e"), a.WithBody("x"),
	} {
		if a.Equal(b) || b.Equal(a) {
			t.Errorf("%v equals %v", a, b)
		}
	}
	if !(*Event)(nil).Equal(nil) {
		t.Error("nil is not nil")
	}
}

// genName draws names that can be sent: those of real headers and odd ones.
var genName = rapid.OneOf(
	rapid.SampledFrom([]string{"Unique-ID", "unique-id", "Channel-Name", "Event-Name", "Event-Sequence", "Event-Subclass",
		"Content-Type", "Content-Length", "variable_x", "With Space", "ñ", "\xe9", "a", "_undef_"}),
	rapid.StringMatching(`[ -9;-~]{1,30}`),
)

// genEvent draws an event and the headers it should have.
func genEvent(t *rapid.T) *Event {
	var pairs []string
	for range rapid.SampledFrom([]int{0, 1, 5, 23, 24, 25, 70, 170, 320}).Draw(t, "headers") {
		pairs = append(pairs, genName.Draw(t, "name"), genText.Draw(t, "value"))
	}
	name := rapid.SampledFrom([]string{"CUSTOM", "CHANNEL_ANSWER", "X Y"}).Draw(t, "event name")
	return NewEvent(name, pairs...).WithBody(genText.Draw(t, "body"))
}

// An event that is made, sent in either format, framed and read is the same event.
func TestEventRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := genEvent(t)
		for _, m := range []Message{e.PlainMessage(), e.JSONMessage()} {
			var f Framer
			ms, err := frame(&f, []byte(m.Wire()), rapid.IntRange(1, 1000).Draw(t, "piece"))
			if err != nil || len(ms) != 1 || f.Buffered() != 0 {
				t.Fatalf("%q: %d messages, %v", m.Wire(), len(ms), err)
			}
			got, err := ms[0].Event()
			if err != nil {
				t.Fatal(err)
			}
			if got.Len() != e.Len() || got.Body() != e.Body() || got.Malformed() != 0 {
				t.Fatalf("%v became %v", e, got)
			}
			for i := range e.Len() {
				name, value := e.At(i)
				if m.ContentType == EventPlain {
					value = Decode(Encode(value)) // where the plain format cannot tell (13.1, 13.2)
					if value == undef {
						value = ""
					}
				} else if elements := e.array(i); len(elements) == 1 {
					value = elements[0] // JSON has no mark of an array of one
				}
				if gotName, gotValue := got.At(i); gotName != name || gotValue != value {
					t.Fatalf("%s: header %d is %q: %q, want %q: %q", m.ContentType, i, gotName, gotValue, name, value)
				}
			}
			checkAccess(t, got)
		}
	})
}

// checkAccess checks that the ways to look at an event agree with each other.
func checkAccess(t interface {
	Helper()
	Fatalf(string, ...any)
}, e *Event) {
	t.Helper()
	i := 0
	for name, value := range e.All() {
		if n, v := e.At(i); n != name || v != value {
			t.Fatalf("At(%d) is %q: %q, All has %q: %q", i, n, v, name, value)
		}
		k := MakeKey(name)
		if !e.NameIs(i, k) || e.NameHash(i) != k.Hash() || e.NameHash(i) != MakeKey(upper(name)).Hash() {
			t.Fatalf("header %d is not known as %q", i, name)
		}
		if !e.ValueIs(i, value) || e.ValueIs(i, value+"x") || value != "" && e.ValueIs(i, value[:len(value)-1]) {
			t.Fatalf("ValueIs(%d) does not agree with %q", i, value)
		}
		if v := e.AppendValue([]byte("x"), i); string(v) != "x"+value {
			t.Fatalf("AppendValue(%d) appends %q, want %q", i, v, value)
		}
		if v := e.ValueString(i); v != value {
			t.Fatalf("ValueString(%d) is %q, want %q", i, v, value)
		}
		at, ok := e.Lookup(k)
		if !ok || !e.NameIs(at, k) || at != i && (at < i) == k.last {
			t.Fatalf("Lookup of %q, which is header %d, gives %d, %v", name, i, at, ok)
		}
		v, ok := e.Get(upper(name))
		if !ok || v != e.Value(name) || !e.ValueIs(at, v) {
			t.Fatalf("Get(%q) is %q, %v", name, v, ok)
		}
		if vs := e.Values(name); at == i && len(vs) == 0 && v != "" {
			t.Fatalf("Values(%q) is %q", name, vs)
		}
		i++
	}
	if i != e.Len() {
		t.Fatalf("All has %d headers, Len is %d", i, e.Len())
	}
	_, _ = e.Sequence()
	_, _ = e.Timestamp()
	if string(e.Name()) != e.Value("Event-Name") || e.Subclass() != e.Value("Event-Subclass") || len(e.String()) > 1000 && len(e.Name()) < 500 {
		t.Fatalf("name %q, subclass %q, %v", e.Name(), e.Subclass(), e)
	}
}

// upper is strings.ToUpper for ASCII letters, and leaves what is not UTF-8 alone.
func upper(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'a' <= c && c <= 'z' {
			b[i] = c - 32
		}
	}
	return string(b)
}

func TestAccessCaptures(t *testing.T) {
	for _, session := range []string{"04_call_lifecycle", "05_conference", "06_sendmsg", "07_event_json", "09_outbound/async_full_linger"} {
		for _, m := range messages(t, session) {
			if m.HasEvent() {
				checkAccess(t, mustEvent(t, m))
			}
		}
	}
}

// Real header names hardly ever have the same hash.
func TestKeyHash(t *testing.T) {
	names := map[string]bool{}
	for _, session := range captures.Sessions(t) {
		if session == "10_load" || session == "17_truth_a" {
			continue // many events, and no name that others have not
		}
		for _, m := range messages(t, session) {
			if m.HasEvent() && m.ContentType != EventXML {
				for n := range mustEvent(t, m).All() {
					names[strings.ToLower(n)] = true
				}
			}
		}
	}
	hashes := map[uint16]string{}
	collisions := 0
	for n := range names {
		k := MakeKey(n)
		if k.Name() != n {
			t.Errorf("the name of %q is %q", n, k.Name())
		}
		if other, ok := hashes[k.Hash()]; ok {
			collisions++
			t.Logf("%q and %q have the same hash", n, other)
		}
		hashes[k.Hash()] = n
	}
	// Of n names, n*n/2/65536 are expected to collide with a perfect hash.
	if limit := 3 + len(names)*len(names)/65536; collisions > limit {
		t.Errorf("%d of %d names collide", collisions, len(names))
	}
	t.Logf("%d names, %d collisions", len(names), collisions)
}

// Names with the same hash are told apart.
func TestKeyCollision(t *testing.T) {
	seen := map[uint16]string{}
	for i := 0; ; i++ {
		name := fmt.Sprintf("header-%d", i)
		k := MakeKey(name)
		other, ok := seen[k.Hash()]
		if !ok {
			seen[k.Hash()] = name
			continue
		}
		e := NewEvent("X", other, "1")
		if _, ok := e.Lookup(k); ok || e.NameIs(1, k) || e.Has(name) {
			t.Errorf("%q is taken for %q", other, name)
		}
		return
	}
}

// inside reports whether s is a part of text's memory.
func inside(s, text string) bool {
	p, start := uintptr(unsafe.Pointer(unsafe.StringData(s))), uintptr(unsafe.Pointer(unsafe.StringData(text)))
	return s != "" && p >= start && p < start+uintptr(len(text))
}

// ValueString is for keeping: nine bytes of a number must not keep an event.
func TestValueStringIsOwn(t *testing.T) {
	for _, e := range []*Event{
		mustPlain(t, "Event-Name: X\nA: plain\nB: a%20b\nC: _undef_\nD: ARRAY::a\n\n"),
		mustJSON(t, `{"Event-Name":"X","A":"plain","B":"\n","C":"","D":["a"],"E":["a","b"],"F\n":"plain","G":1}`),
		NewEvent("X", "A", "plain"),
	} {
		for i := range e.Len() {
			if v := e.ValueString(i); inside(v, e.text) {
				t.Errorf("%q is a part of the event", v)
			}
		}
		if inside(string(e.Name()), NewEvent("CHANNEL_CREATE").text) {
			t.Error("a known name is a part of the event")
		}
	}
	e := mustPlain(t, "Event-Name: CHANNEL_CREATE\nEvent-Subclass: conference%3A%3Amaintenance\n\n")
	if inside(string(e.Name()), e.text) || inside(e.Subclass(), e.text) {
		t.Error("a known name is a part of the event")
	}
}

// The price of reading: one allocation for the text, one for the event.
func TestAllocationsPerEvent(t *testing.T) {
	data := captures.Read(t, "10_load", "server.bin")
	events := 0
	run := func() {
		events = 0
		var f Framer
		for rest := data; len(rest) > 0; {
			n := min(len(rest), benchChunk)
			f.Feed(rest[:n])
			rest = rest[n:]
			for {
				m, ok, err := f.Next()
				if err != nil {
					t.Fatal(err)
				}
				if !ok {
					break
				}
				if m.ContentType == EventPlain {
					if _, err := m.Event(); err != nil {
						t.Fatal(err)
					}
					events++
				}
			}
		}
	}
	allocs := testing.AllocsPerRun(1, run)
	// The buffer and the texts of the six other messages are on top of it.
	if allocs > 2*float64(events)+20 {
		t.Errorf("%v allocations for %d events", allocs, events)
	}
}

// Each class of sizes takes one allocation, and beyond them two.
func TestAllocationsBySize(t *testing.T) {
	for _, n := range []int{1, 24, 25, 42, 43, 66, 67, 106, 107, 162} {
		plain := "Event-Name: X\n" + strings.Repeat("variable_some_name: value\n", n-1) + "\n"
		if got := testing.AllocsPerRun(10, func() { mustPlain(t, plain) }); got > 1 {
			t.Errorf("plain event of %d headers: %v allocations", n, got)
		}
		text := `{"Event-Name":"X"` + strings.Repeat(`,"some_name":"value"`, n-1) + "}"
		if got := testing.AllocsPerRun(10, func() { mustJSON(t, text) }); got > 1 {
			t.Errorf("JSON event of %d headers: %v allocations", n, got)
		}
	}
}

// A body full of tiny headers is refused before its index is many times its size.
func TestTooManyHeaders(t *testing.T) {
	plain := strings.Repeat("a:\n", maxEventHeaders)
	if e := mustPlain(t, plain+"\n"); e.Len() != maxEventHeaders {
		t.Errorf("%d headers", e.Len())
	}
	if _, err := ParsePlain(plain + "a:\n"); !errors.Is(err, ErrEventTooLarge) {
		t.Errorf("plain: error %v", err)
	}
	text := strings.Repeat(`"":"",`, maxEventHeaders-1)
	if e := mustJSON(t, "{"+text+`"":""}`); e.Len() != maxEventHeaders {
		t.Errorf("%d headers", e.Len())
	}
	if _, err := ParseJSON("{" + text + `"":"","":""}`); !errors.Is(err, ErrEventTooLarge) {
		t.Errorf("JSON: error %v", err)
	}
}

// Looking at an event allocates nothing.
func TestLookingAllocatesNothing(t *testing.T) {
	k := MakeKey("unique-id")
	for _, e := range []*Event{
		mustPlain(t, "Event-Name: CHANNEL_STATE\nUnique-ID: a%20b\nEvent-Subclass: conference%3A%3Amaintenance\nC: ARRAY%3A%3Aa%7C%3Ab\n\n"),
		mustJSON(t, `{"Event-Name":"CHANNEL_STATE","Unique-ID":"a\u0020b","Event-Subclass":"conference::maintenance","C":["a","b"]}`),
	} {
		if got := testing.AllocsPerRun(10, func() {
			i, ok := e.Lookup(k)
			if !ok || !e.ValueIs(i, "a b") || e.ValueIs(i, "a c") || !e.ValueIs(3, "ARRAY::a|:b") {
				t.Fatal("wrong")
			}
			if e.Name() != "CHANNEL_STATE" || e.Subclass() != "conference::maintenance" || e.Has("nothing") || !e.NameIs(1, k) {
				t.Fatal("wrong")
			}
		}); got != 0 {
			t.Errorf("%v allocations", got)
		}
	}
}

// SameFrom compares what was received, from some header on.
func TestSameFrom(t *testing.T) {
	native := func(pairs ...string) *Event { return NewEvent("", pairs...) }
	a := mustPlain(t, "Event-Name: X\nEvent-Sequence: 1\nvariable_a: b%20c\nvariable_d: e\n\n")
	tests := []struct {
		name string
		e    *Event
		i    int
		o    *Event
		j    int
		want bool
	}{
		{"same", a, 2, mustPlain(t, "Event-Name: Y\nvariable_a: b%20c\nvariable_d: e\nContent-Length: 1\n\nx").With(), 1, false},
		{"other start", a, 2, mustPlain(t, "Event-Name: Y\nvariable_a: b%20c\nvariable_d: e\n\n"), 1, true},
		{"body", a, 2, mustPlain(t, "variable_a: b%20c\nvariable_d: e\n\nbody"), 0, true},
		{"no line end", a, 2, mustPlain(t, "variable_a: b%20c\nvariable_d: e"), 0, true},
		{"longer", a, 2, mustPlain(t, "variable_a: b%20c\nvariable_d: e\nvariable_f: g\n\n"), 0, false},
		{"value", a, 2, mustPlain(t, "variable_a: b%20c\nvariable_d: E\n\n"), 0, false},
		{"nothing", a, 4, mustPlain(t, "a: b\n\n"), 1, true},
		{"nothing and something", a, 4, mustPlain(t, "a: b\n\n"), 0, false},
		{"format", mustPlain(t, "a: b\n\n"), 0, native("a", "b"), 0, false},
		{"JSON", mustJSON(t, `{"x":"y","a":"b"}`), 1, mustJSON(t, `{"a":"b"}`), 0, true},
		{"native", native("x", "y", "a", "b"), 1, native("a", "b"), 0, true},
		{"native, cut elsewhere", native("a", "bc"), 0, native("ab", "c"), 0, false},
	}
	for _, tt := range tests {
		if got := tt.e.SameFrom(tt.i, tt.o, tt.j); got != tt.want || tt.o.SameFrom(tt.j, tt.e, tt.i) != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

// An event may be shared.
func TestEventIsSafeForConcurrentUse(t *testing.T) {
	e := mustPlain(t, "Event-Name: X\nA: a%20b\n\n")
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 100 {
				checkAccess(t, e)
				_ = e.AppendJSON(nil)
			}
		})
	}
	wg.Wait()
}
