package cell

import (
	"runtime"
	"sync"
	"weak"
)

// Cache gives out one cell for a key for as long as somebody uses it, and then
// forgets it: somebody holds it, or it is listened to. It is for cells that stand
// for something outside, such as the sensors of many files, and for computed cells
// with a parameter. It may be used by any goroutine, also inside transactions.
type Cache[K comparable, C any] struct {
	create func(K) *C
	mu     sync.Mutex
	cells  map[K]weak.Pointer[C]
}

// NewCache returns a cache whose cells are made by create. It may be called by
// several goroutines at once, for one key, too: then one of the cells is used. It
// must not keep the cell.
func NewCache[K comparable, C any](create func(K) *C) *Cache[K, C] {
	need(create != nil, "NewCache wants a function, not nil")
	return &Cache[K, C]{create: create, cells: map[K]weak.Pointer[C]{}}
}

// Get returns the cell of the key.
func (c *Cache[K, C]) Get(key K) *C {
	if cell := c.find(key); cell != nil {
		return cell
	}
	need(c.create != nil, "the zero Cache was used; it is made by NewCache")
	created := c.create(key) // not under the lock: it may use the cache
	if created == nil {
		panic(&UsageError{Problem: "the function of a Cache has returned no cell"})
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if cell := c.cells[key].Value(); cell != nil {
		return cell
	}
	w := weak.Make(created)
	c.cells[key] = w
	runtime.AddCleanup(created, func(key K) { c.forget(key, w) }, key)
	return created
}

func (c *Cache[K, C]) find(key K) *C {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.cells[key].Value()
}

// forget forgets a cell that was collected, but not its successor.
func (c *Cache[K, C]) forget(key K, w weak.Pointer[C]) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.cells[key] == w {
		delete(c.cells, key)
	}
}

// Len returns how many cells there are, with those that are about to be forgotten.
func (c *Cache[K, C]) Len() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.cells)
}
