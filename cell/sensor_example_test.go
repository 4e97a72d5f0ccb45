package cell_test

import (
	"context"
	"fmt"
	"sync"

	"github.com/freeswytch/freeswytch/cell"
)

// thermometer is something outside the program that tells its readings to whoever
// has subscribed.
type thermometer struct {
	mu      sync.Mutex
	readers map[int]func(float64) error
	id      int
}

func (t *thermometer) subscribe(reader func(float64) error) (cancel func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.readers == nil {
		t.readers = map[int]func(float64) error{}
	}
	t.id++
	id := t.id
	t.readers[id] = reader
	return func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		delete(t.readers, id)
	}
}

func (t *thermometer) shows(x float64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, reader := range t.readers {
		_ = reader(x)
	}
}

// A sensor is connected while somebody listens to it.
func ExampleSensor() {
	g, ctx := cell.NewGraph(), context.Background()
	var outside thermometer
	celsius := cell.NewSensor(20.0, cell.Connector[float64]{
		Connect: func(receive func(float64) error) (disconnect func(), err error) {
			fmt.Println("connect")
			cancel := outside.subscribe(receive)
			return func() { cancel(); fmt.Println("disconnect") }, nil
		},
	})
	fahrenheit := cell.Compute(func(r cell.Reader) float64 { return celsius.Get(r)*1.8 + 32 })

	fmt.Println("nobody listens:", cell.Read(g, fahrenheit))
	display := cell.Observe(g, func(r cell.Reader) { fmt.Println(fahrenheit.Get(r), "°F") })
	_ = g.Flush(ctx) // connecting is done elsewhere
	outside.shows(25)
	outside.shows(30)
	display.Stop()
	_ = g.Flush(ctx)
	outside.shows(40)
	fmt.Println("nobody listens:", cell.Read(g, fahrenheit))
	// Output:
	// nobody listens: 68
	// 68 °F
	// connect
	// 77 °F
	// 86 °F
	// disconnect
	// nobody listens: 86
}

// An effector is turned from both sides. What comes from the knob is not sent back
// to it.
func ExampleEffector() {
	g, ctx := cell.NewGraph(), context.Background()
	turned := make(chan func(int) error, 1)
	volume := cell.NewEffector(3, cell.Connector[int]{
		Connect: func(receive func(int) error) (func(), error) { turned <- receive; return nil, nil },
		Write:   func(x int) error { fmt.Println("the motor turns the knob to", x); return nil },
	})
	cell.Observe(g, func(r cell.Reader) { fmt.Println("volume", volume.Get(r)) })
	byHand := <-turned
	_ = byHand(5)
	_ = g.Update(func(tx cell.Tx) error { volume.Set(tx, 8); return nil })
	_ = g.Flush(ctx)
	_ = byHand(8) // the knob says where it is now
	// Output:
	// volume 3
	// volume 5
	// volume 8
	// the motor turns the knob to 8
}

// One sensor for each key, shared by all who ask for it, and only while they do.
func ExampleCache() {
	g, ctx := cell.NewGraph(), context.Background()
	files := cell.NewCache(func(name string) *cell.Sensor[string] {
		return cell.NewSensor("", cell.Connector[string]{
			Connect: func(receive func(string) error) (func(), error) {
				fmt.Println("watch", name)
				_ = receive("contents of " + name)
				return func() { fmt.Println("no longer watch", name) }, nil
			},
		})
	})
	name := cell.NewValue("a.conf")
	cell.Observe(g, func(r cell.Reader) {
		if text := files.Get(name.Get(r)).Get(r); text != "" {
			fmt.Println(text)
		}
	})
	_ = g.Flush(ctx)
	_ = g.Update(func(tx cell.Tx) error { name.Set(tx, "b.conf"); return nil })
	_ = g.Flush(ctx)
	// Output:
	// watch a.conf
	// contents of a.conf
	// no longer watch a.conf
	// watch b.conf
	// contents of b.conf
}
