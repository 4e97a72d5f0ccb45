package cell

// Constant is a value that never changes, where a cell is wanted: rules that read
// it depend on nothing, and a Computed made of constants only is one, too. It
// cannot be set. Unlike other cells it belongs to no graph and may be copied.
type Constant[T any] struct{ val T }

// NewConstant returns a Constant that holds v.
func NewConstant[T any](v T) Constant[T] { return Constant[T]{v} }

// Get returns the value.
func (c Constant[T]) Get(Reader) T { return c.val }
