package fsw

import (
	"reflect"
	"testing"

	"github.com/freeswytch/freeswytch/cell"
)

// Tags that are none for Go, which go vet would find, too, if it is asked.
func TestTagsThatGoDoesNotSee(t *testing.T) {
	for _, tag := range []reflect.StructTag{`fsw:A`, `fsw: "A"`, `fsw "A"`, `FSW:"A"`, `json:"a" swf:"A"`} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s is taken for no tag", tag)
				}
			}()
			new(attributes).bind(reflect.StructOf([]reflect.StructField{{Name: "X", Type: reflect.TypeFor[cell.Value[string]](), Tag: tag}}), 0)
		}()
	}
}
