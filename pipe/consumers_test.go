package pipe_test

import (
	"sync"
	"testing"
	"testing/synctest"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/pipe"
)

// TestManyConsumersAndWriters shows that nothing is lost, doubled or reordered.
func TestManyConsumersAndWriters(t *testing.T) {
	for _, policy := range []pipe.Policy{pipe.Wait(1), pipe.Wait(7), pipe.Fail(1 << 40)} {
		g := cell.NewGraph()
		type item struct{ writer, n int }
		var p pipe.Pipe[item]
		s := pipe.Subscribe(t.Context(), g, &p, policy)
		const writers, consumers, items = 4, 3, 300
		var wg, readers sync.WaitGroup
		got := make([][]item, consumers)
		for i := range got {
			readers.Go(func() {
				for x := range s.All() {
					got[i] = append(got[i], x)
				}
			})
		}
		for w := range writers {
			wg.Go(func() {
				for n := 0; n < items; n += 3 {
					put(g, &p, item{w, n}, item{w, n + 1}, item{w, n + 2})
				}
			})
		}
		wg.Wait()
		s.Stop()
		readers.Wait()
		seen := map[item]int{}
		for _, items := range got {
			last := map[int]int{}
			for _, x := range items {
				if seen[x]++; x.n < last[x.writer] {
					t.Errorf("%v after %v", x, last[x.writer])
				}
				last[x.writer] = x.n
			}
		}
		if len(seen) != writers*items {
			t.Errorf("%v: %d items", policy, len(seen))
		}
		none(t, g)
	}
}

func TestAllConsumersAreToldOfTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := cell.NewGraph()
		var p pipe.Pipe[int]
		s := pipe.Subscribe(t.Context(), g, &p, pipe.Wait(1))
		returned := make(chan int, 3)
		for range cap(returned) {
			go func() {
				n := 0
				for range s.All() {
					n++
				}
				returned <- n
			}()
		}
		synctest.Wait()
		put(g, &p, 1, 2, 3)
		synctest.Wait()
		s.Stop()
		sum := 0
		for range cap(returned) {
			sum += <-returned
		}
		same(t, 3, sum)
	})
}

func TestIdleConsumersShareOneTransaction(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := cell.NewGraph()
		var p pipe.Pipe[int]
		s := pipe.Subscribe(t.Context(), g, &p, pipe.Wait(10))
		busy, proceed := 0, make(chan bool)
		var mu sync.Mutex
		for range 3 {
			go func() {
				for range s.All() {
					mu.Lock()
					busy++
					mu.Unlock()
					<-proceed
				}
			}()
		}
		synctest.Wait()
		put(g, &p, 1)
		put(g, &p, 2, 3)
		synctest.Wait()
		same(t, 3, busy)
		s.Stop()
		close(proceed)
	})
}
